/** Where data planes report what they run; not part of the public interface. */
import { NodeReport } from '@causeway/contract';
import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  HttpCode,
  NotFoundException,
  Param,
  Put,
  Query,
  Req,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { Open } from '../http/allow.js';
import { NodeAccess } from './node-access.js';
import { NodeReports } from './node-reports.js';

@ApiExcludeController()
@Open()
@Controller('internal/v1/nodes')
export class ReportsController {
  constructor(
    private readonly access: NodeAccess,
    private readonly reports: NodeReports,
  ) {}

  @Put(':node')
  @HttpCode(204)
  async report(@Req() request: Request, @Param('node') node: string, @Body() body: unknown): Promise<void> {
    const report = await this.access.admit(
      request,
      async () => NodeReport.safeParse(body),
      ({ data }) => data?.instance ?? null,
    );
    if (!report.success || report.data.node !== node) throw new BadRequestException('The body is not a report of this node');
    if (!(await this.reports.record(report.data))) throw new NotFoundException('There is no such instance');
  }

  /** A node that stops by itself: nobody is to wait for it any more. */
  @Delete(':node')
  @HttpCode(204)
  async leave(@Req() request: Request, @Param('node') node: string, @Query('instance') instance: unknown): Promise<void> {
    const id = typeof instance === 'string' && instance !== '' ? instance : null;
    await this.access.admit(
      request,
      async () => id,
      (named) => named,
    );
    if (id === null) throw new BadRequestException('instance must be the id of an instance');
    await this.reports.forget(id, node);
  }
}
