/** Custom domains of groups. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DomainsController } from './domains.controller.js';
import { DomainsService } from './domains.service.js';
import { GroupDomain } from './group-domain.entity.js';

@Module({
  imports: [TypeOrmModule.forFeature([GroupDomain])],
  controllers: [DomainsController],
  providers: [DomainsService],
})
export class DomainsModule {}
