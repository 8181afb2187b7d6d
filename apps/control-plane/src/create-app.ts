/** Puts the application together: the same for the service and for its tests. */
import { type LoggerService, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import type { Settings } from './config.js';
import { checkText } from './http/check-text.js';
import { fieldErrors, VALIDATION } from './http/document.js';
import { malformed } from './http/problem.js';
import { requestLog } from './http/request-id.js';
import { requireJson } from './http/require-json.js';
import { RequestMetrics } from './metrics/request-metrics.js';
import { describeApi } from './open-api.js';

/** Largest body: a plugin's text of 50 KB, escaped as JSON, and then some. */
const MAX_BODY = '512kb';
const JSON_TYPES = ['application/json', 'application/merge-patch+json'];

/** Migrations must have run. */
export async function createApp(settings: Settings, logger: Logger): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(settings), {
    bodyParser: false,
    logger: nestLogger(logger),
    abortOnError: false,
  });
  app.disable('x-powered-by');
  // Express's own tags are weak and cover lists and errors too; ours are in http/etag.ts.
  app.disable('etag');
  app.use(requestLog(logger));
  app.use(app.get(RequestMetrics).middleware);
  app.use(requireJson(JSON_TYPES));
  app.useBodyParser('json', { limit: MAX_BODY, type: JSON_TYPES, strict: true });
  app.use(checkText);
  app.useGlobalPipes(
    new ValidationPipe({
      ...VALIDATION,
      transform: true,
      exceptionFactory: (errors) => malformed(fieldErrors(errors)),
    }),
  );
  SwaggerModule.setup('api/docs', app, () => describeApi(app), { jsonDocumentUrl: 'api/openapi.json' });
  return app;
}

type Level = 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal';

/** What Nest tells of every module and route at each start. */
const CHATTY = new Set<unknown>(['InstanceLoader', 'RouterExplorer', 'RoutesResolver', 'NestFactory']);

/** Nest's lines as ours: one JSON object each. */
function nestLogger(logger: Logger): LoggerService {
  const at =
    (asked: Level) =>
    (message: unknown, ...rest: unknown[]) => {
      const context = rest.at(-1);
      const level = asked === 'info' && CHATTY.has(context) ? 'debug' : asked;
      if (typeof message === 'object' && message !== null)
        logger[level]({ ...message, context }, rest.length > 1 ? String(rest[0]) : undefined);
      else logger[level]({ context }, String(message));
    };
  return { log: at('info'), error: at('error'), warn: at('warn'), debug: at('debug'), verbose: at('trace'), fatal: at('fatal') };
}
