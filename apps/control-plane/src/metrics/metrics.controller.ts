/** What is measured, in the Prometheus text format. */
import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Open } from '../http/allow.js';
import { Registry } from './registry.js';

/** As open as the probes: it holds no secret, no name that an owner gave, and costs the same however often it is asked. */
@ApiExcludeController()
@Open()
@Controller()
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @Get('metrics')
  async metrics(@Res() response: Response): Promise<void> {
    response
      .set('content-type', this.registry.contentType)
      .set('cache-control', 'no-store')
      .send(await this.registry.metrics());
  }
}
