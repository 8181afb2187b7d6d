/** `/api/v1/instances/:id/key`. */
import { Controller, Header, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { Refuses } from '../http/refuses.js';
import { InstanceKeysService } from './instance-keys.service.js';

class InstanceKeyView {
  @ApiProperty({ description: 'For `CAUSEWAY_INSTANCE`.', example: 'apigateway-local-5d41402abc4b' })
  instanceId!: string;

  @ApiProperty({ description: 'For `CAUSEWAY_INSTANCE_KEY`: opens what snapshots of this instance hold sealed, and no other.' })
  key!: string;

  @ApiProperty({ description: 'For `CAUSEWAY_NODE_TOKEN`: reads snapshots and reports for this instance only.' })
  nodeToken!: string;
}

@ApiTags('instances')
@Controller('api/v1/instances')
export class InstanceKeysController {
  constructor(private readonly keys: InstanceKeysService) {}

  @Post(':id/key')
  @Allow('admin')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'What a data plane of the instance needs in place of the master key and the deployment’s node token.',
  })
  @ApiCreatedResponse({ type: InstanceKeyView })
  @Refuses(403, 404)
  hand(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<InstanceKeyView> {
    return this.keys.hand(actor, id);
  }
}
