/** The audit log, which the door writes. */
import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';
import { AuditChain } from './audit-chain.js';
import { AuditVerifier } from './audit-verifier.js';

@Module({
  controllers: [AuditController],
  providers: [AuditService, AuditChain, AuditVerifier],
})
export class AuditModule {}
