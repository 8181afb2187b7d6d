/** What every resource uses to speak HTTP. */
import { Global, Module } from '@nestjs/common';
import { ChangeModule } from '../change/change.module.js';
import { NodesModule } from '../nodes/nodes.module.js';
import { StoredSecrets } from '../secrets/stored-secrets.js';
import { Writes } from './writes.js';

@Global()
@Module({
  imports: [ChangeModule, NodesModule],
  providers: [StoredSecrets, Writes],
  exports: [StoredSecrets, Writes],
})
export class HttpModule {}
