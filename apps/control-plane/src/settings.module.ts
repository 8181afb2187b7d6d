/** Hands the settings to everything that asks for them. */
import { type DynamicModule, Module } from '@nestjs/common';
import { Settings } from './config.js';
import { LimitSettings } from './limits/limit-settings.js';
import { SnapshotSettings } from './publish/snapshot-settings.js';

@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest names a dynamic module by its class.
export class SettingsModule {
  static with(settings: Settings): DynamicModule {
    return {
      module: SettingsModule,
      global: true,
      providers: [
        { provide: Settings, useValue: settings },
        { provide: SnapshotSettings, useExisting: Settings },
        { provide: LimitSettings, useExisting: Settings },
      ],
      exports: [Settings, SnapshotSettings, LimitSettings],
    };
  }
}
