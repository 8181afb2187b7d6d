/** Named upstreams. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { VpcAccess } from './vpc-access.entity.js';
import { VpcAccessesController } from './vpc-accesses.controller.js';
import { VpcAccessesService } from './vpc-accesses.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([VpcAccess])],
  controllers: [VpcAccessesController],
  providers: [VpcAccessesService],
})
export class VpcAccessesModule {}
