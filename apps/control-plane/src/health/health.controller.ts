/** Probes for whoever runs this process. */
import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Open } from '../http/allow.js';

@ApiExcludeController()
@Open()
@Controller()
export class HealthController {
  constructor(private readonly dataSource: DataSource) {}

  /** The process answers. */
  @Get('livez')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  live(): string {
    return 'ok\n';
  }

  /** The store answers too. */
  @Get('readyz')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  async ready(): Promise<string> {
    try {
      await this.dataSource.query('SELECT 1');
    } catch {
      throw new ServiceUnavailableException('The database does not answer.');
    }
    return 'ok\n';
  }
}
