/** Fills an empty store. */
import { Module } from '@nestjs/common';
import { ChangeModule } from '../change/change.module.js';
import { Bootstrap } from './bootstrap.js';

@Module({ imports: [ChangeModule], providers: [Bootstrap] })
export class BootstrapModule {}
