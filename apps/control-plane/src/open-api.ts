/** The reference: an OpenAPI document made from the code. */
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { addExamples } from './open-api/examples.js';
import { addHeaders } from './open-api/headers.js';
import { addLimits } from './open-api/limits.js';
import { addRefusals } from './open-api/refusals.js';

export function describeApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Causeway management API')
    .setDescription('Instances, groups, APIs, apps, plugins and what publishes them. Errors are RFC 9457 problem details.')
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'The control plane that serves this document.')
    .addBearerAuth()
    .build();
  const document = SwaggerModule.createDocument(app, config);
  addLimits(document, app);
  addExamples(document);
  addHeaders(document);
  addRefusals(document);
  return document;
}
