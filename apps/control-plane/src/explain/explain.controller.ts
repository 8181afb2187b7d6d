/** `/api/v1/apis/:id/explain`. */
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { toOpenApi } from '../apis/api-schemas.js';
import type { Actor } from '../change/change.js';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { Refuses } from '../http/refuses.js';
import { ExplainService } from './explain.service.js';
import { ExplainAnswer } from './explain-answer.js';
import { ExplainRequest } from './explain-request.js';

const example = { method: 'GET', url: '/distributeAPI?target=resource1', headers: { 'User-Agent': 'curl/8' } };

@ApiTags('APIs')
@Controller('api/v1/apis/:id/explain')
export class ExplainController {
  constructor(private readonly explaining: ExplainService) {}

  @Post()
  @Allow('viewer')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Says which API, plugins and backend a request would get, and why; sends nothing, stores nothing.',
    description: 'Credentials are not verified, and secrets take no part in it.',
  })
  @ApiBody({ schema: toOpenApi(ExplainRequest, 'input'), examples: { route: { value: example } } })
  @ApiOkResponse({ schema: toOpenApi(ExplainAnswer, 'output') })
  @Refuses(400, 404)
  explain(@CurrentActor() actor: Actor, @Param('id') id: string, @Body() body: unknown) {
    return this.explaining.explain(actor, id, body);
  }
}
