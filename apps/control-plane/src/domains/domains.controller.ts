/** `/api/v1/groups/:id/domains`. */
import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags, PartialType } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch } from '../http/etag.js';
import { PageQuery } from '../http/page.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { DomainBody, DomainFields, DomainPage, DomainView, WrittenDomain } from './domain.dto.js';
import { DomainsService } from './domains.service.js';

class DomainPatch extends PartialType(DomainFields) {}

@ApiTags('groups')
@Controller('api/v1/groups/:id/domains')
export class DomainsController {
  constructor(private readonly domains: DomainsService) {}

  @Allow('editor')
  @Post()
  @ApiOperation({ summary: 'Binds a custom domain or a wildcard to the group; in force at once.' })
  @ApiCreatedResponse({ type: WrittenDomain })
  @Refuses(400, 404, 409, 422)
  bind(@CurrentActor() actor: Actor, @Param('id') id: string, @Body() body: DomainBody, @Query() query: WriteQuery) {
    return this.domains.bind(actor, id, body, query);
  }

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'The custom domains of the group.' })
  @ApiOkResponse({ type: DomainPage })
  @Refuses(400, 404)
  list(@CurrentActor() actor: Actor, @Param('id') id: string, @Query() query: PageQuery) {
    return this.domains.list(actor, id, query);
  }

  @Allow('viewer')
  @Get(':domain')
  @ApiOperation({ summary: 'One custom domain.' })
  @ApiOkResponse({ type: DomainView })
  @Refuses(404)
  read(@CurrentActor() actor: Actor, @Param('id') id: string, @Param('domain') domain: string) {
    return this.domains.read(actor, id, domain);
  }

  @Allow('editor')
  @Patch(':domain')
  @ApiOperation({ summary: 'Edits a custom domain by JSON Merge Patch; in force at once, without unbinding it.' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody({ type: DomainPatch, examples: { certificate: { value: { certificateId: '5d41402abc4b2a76b9719d911017c592' } } } })
  @ApiOkResponse({ type: WrittenDomain })
  @Refuses(400, 404, 412, 422)
  patch(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('domain') domain: string,
    @Body() patch: unknown,
    @IfMatch() tag: string | null,
    @Query() query: WriteQuery,
  ) {
    return this.domains.patch(actor, id, domain, patch, tag, query);
  }

  @Allow('editor')
  @Delete(':domain')
  @ApiOperation({ summary: 'Unbinds a custom domain; out of service at once.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(404, 412)
  unbind(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('domain') domain: string,
    @IfMatch() tag: string | null,
    @Query() query: WriteQuery,
  ) {
    return this.domains.unbind(actor, id, domain, tag, query);
  }
}
