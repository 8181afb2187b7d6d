/** `/api/v1/audit-events`. */
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { Refuses } from '../http/refuses.js';
import { AuditService } from './audit.service.js';
import { AuditEventPage, AuditEventsQuery } from './audit-event.dto.js';

@ApiTags('audit-events')
@Controller('api/v1/audit-events')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'Who changed what in an account, newest first.' })
  @ApiOkResponse({ type: AuditEventPage })
  @Refuses(400, 403)
  list(@CurrentActor() actor: Actor, @Query() query: AuditEventsQuery) {
    return this.audit.list(actor, query);
  }
}
