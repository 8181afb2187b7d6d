/** `/api/v1/vpc-accesses`. */
import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags, PartialType } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch } from '../http/etag.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { VpcAccessBody, VpcAccessesQuery, VpcAccessPage, VpcAccessView, WrittenVpcAccess } from './vpc-access.dto.js';
import { VpcAccessesService } from './vpc-accesses.service.js';

class VpcAccessPatch extends PartialType(VpcAccessBody) {}

@ApiTags('vpc-accesses')
@Controller('api/v1/vpc-accesses')
export class VpcAccessesController {
  constructor(private readonly accesses: VpcAccessesService) {}

  @Allow('editor')
  @Post()
  @ApiOperation({ summary: 'Names an upstream, for backends of type HTTP-VPC; in force at once.' })
  @ApiCreatedResponse({ type: WrittenVpcAccess })
  @Refuses(400, 409, 422)
  create(@CurrentActor() actor: Actor, @Body() body: VpcAccessBody, @Query() query: WriteQuery) {
    return this.accesses.create(actor, body, query);
  }

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'The account’s named upstreams.' })
  @ApiOkResponse({ type: VpcAccessPage })
  @Refuses(400)
  list(@CurrentActor() actor: Actor, @Query() query: VpcAccessesQuery) {
    return this.accesses.list(actor, query);
  }

  @Allow('viewer')
  @Get(':id')
  @ApiOperation({ summary: 'One named upstream.' })
  @ApiOkResponse({ type: VpcAccessView })
  @Refuses(404)
  read(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.accesses.read(actor, id);
  }

  @Allow('editor')
  @Patch(':id')
  @ApiOperation({ summary: 'Edits a named upstream by JSON Merge Patch; in force at once on APIs that use it.' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody({ type: VpcAccessPatch, examples: { address: { value: { address: '10.0.0.8:8080' } } } })
  @ApiOkResponse({ type: WrittenVpcAccess })
  @Refuses(400, 404, 409, 412, 422)
  patch(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body() patch: unknown,
    @IfMatch() tag: string | null,
    @Query() query: WriteQuery,
  ) {
    return this.accesses.patch(actor, id, patch, tag, query);
  }

  @Allow('editor')
  @Delete(':id')
  @ApiOperation({ summary: 'Deletes a named upstream; APIs that use it stay deployed and answer X504VE, of which it warns.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(404, 412)
  remove(@CurrentActor() actor: Actor, @Param('id') id: string, @IfMatch() tag: string | null, @Query() query: WriteQuery) {
    return this.accesses.remove(actor, id, tag, query);
  }
}
