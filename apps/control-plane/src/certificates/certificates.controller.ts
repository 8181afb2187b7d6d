/** `/api/v1/certificates`. */
import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags, PartialType } from '@nestjs/swagger';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch } from '../http/etag.js';
import { Refuses } from '../http/refuses.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import {
  CertificateBody,
  CertificateChange,
  CertificatePage,
  CertificatesQuery,
  CertificateView,
  WrittenCertificate,
} from './certificate.dto.js';
import { CertificatesService } from './certificates.service.js';

class CertificatePatch extends PartialType(CertificateChange) {}

@ApiTags('certificates')
@Controller('api/v1/certificates')
export class CertificatesController {
  constructor(private readonly certificates: CertificatesService) {}

  @Allow('editor')
  @Post()
  @ApiOperation({ summary: 'Stores a certificate with its private key, for domains to name. The key is never shown again.' })
  @ApiCreatedResponse({ type: WrittenCertificate })
  @Refuses(400, 409, 422)
  create(@CurrentActor() actor: Actor, @Body() body: CertificateBody, @Query() query: WriteQuery) {
    return this.certificates.create(actor, body, query);
  }

  @Allow('viewer')
  @Get()
  @ApiOperation({ summary: 'The account’s certificates, with what they say of themselves.' })
  @ApiOkResponse({ type: CertificatePage })
  @Refuses(400)
  list(@CurrentActor() actor: Actor, @Query() query: CertificatesQuery) {
    return this.certificates.list(actor, query);
  }

  @Allow('viewer')
  @Get(':id')
  @ApiOperation({ summary: 'One certificate, without its key.' })
  @ApiOkResponse({ type: CertificateView })
  @Refuses(404)
  read(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.certificates.read(actor, id);
  }

  @Allow('editor')
  @Put(':id')
  @ApiOperation({ summary: 'Replaces a certificate for all domains that name it, at once; left out, the key stays.' })
  @ApiOkResponse({ type: WrittenCertificate })
  @Refuses(400, 404, 409, 412, 422)
  replace(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body() body: CertificateChange,
    @IfMatch() tag: string | null,
    @Query() query: WriteQuery,
  ) {
    return this.certificates.replace(actor, id, body, tag, query);
  }

  @Allow('editor')
  @Patch(':id')
  @ApiOperation({ summary: 'Edits a certificate by JSON Merge Patch, for all domains that name it, at once.' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody({ type: CertificatePatch, examples: { name: { value: { name: 'shop-2027' } } } })
  @ApiOkResponse({ type: WrittenCertificate })
  @Refuses(400, 404, 409, 412, 422)
  patch(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body() patch: unknown,
    @IfMatch() tag: string | null,
    @Query() query: WriteQuery,
  ) {
    return this.certificates.patch(actor, id, patch, tag, query);
  }

  @Allow('editor')
  @Delete(':id')
  @ApiOperation({ summary: 'Deletes a certificate with its key; refused while a domain names it.' })
  @ApiOkResponse({ type: WriteAnswer })
  @Refuses(404, 409, 412)
  remove(@CurrentActor() actor: Actor, @Param('id') id: string, @IfMatch() tag: string | null, @Query() query: WriteQuery) {
    return this.certificates.remove(actor, id, tag, query);
  }
}
