/** The reference: an OpenAPI document made from the code. */
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

type ParameterObject = Extract<
  NonNullable<NonNullable<OpenAPIObject['paths'][string]['post']>['parameters']>[number],
  { in: string }
>;

export function describeApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Causeway management API')
    .setDescription('Instances, groups, APIs, apps, plugins and what publishes them. Errors are RFC 9457 problem details.')
    .setVersion('1')
    .addBearerAuth()
    .build();
  const document = SwaggerModule.createDocument(app, config);
  for (const path of Object.values(document.paths)) path.post?.parameters?.push(IDEMPOTENCY_KEY);
  return document;
}

/** Taken by every POST (http/idempotency.ts). */
const IDEMPOTENCY_KEY: ParameterObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key and request get the first answer again, for 24 hours; another request under it is 409.',
  schema: { type: 'string', minLength: 1, maxLength: 128 },
};
