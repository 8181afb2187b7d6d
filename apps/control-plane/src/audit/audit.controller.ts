/** `/api/v1/audit-events`. */
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { Refuses } from '../http/refuses.js';
import { AuditService } from './audit.service.js';
import { AuditEventPage, AuditEventsQuery } from './audit-event.dto.js';
import { AuditVerdict } from './audit-verdict.dto.js';
import { AuditVerifier } from './audit-verifier.js';

@ApiTags('audit-events')
@Controller('api/v1/audit-events')
export class AuditController {
  constructor(
    private readonly audit: AuditService,
    private readonly verifier: AuditVerifier,
  ) {}

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'Who changed what in an account, newest first.' })
  @ApiOkResponse({ type: AuditEventPage })
  @Refuses(400, 403)
  list(@CurrentActor() actor: Actor, @Query() query: AuditEventsQuery) {
    return this.audit.list(actor, query);
  }

  @Allow('admin')
  @Get('verify')
  @ApiOperation({ summary: 'Walks the chain over the audit events of one’s account and says whether it holds.' })
  @ApiOkResponse({ type: AuditVerdict })
  @Refuses(403)
  verify(@CurrentActor() { accountId }: Actor) {
    return this.verifier.verify(accountId);
  }
}
