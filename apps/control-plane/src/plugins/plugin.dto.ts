/** What the plugin endpoints take and give. */
import { PLUGIN_TYPES } from '@causeway/contract';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsString, Matches, MaxLength, ValidateBy } from 'class-validator';
import { Optional } from '../http/optional.js';
import { ProblemError } from '../http/problem-body.js';
import { WarningBody, WriteAnswer } from '../http/write-answer.js';
import type { GivenConfig } from './plugin-configs.js';

const NAME = /^[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]{3,49}$/;
const NAME_RULE = { message: 'must have 4 to 50 letters, digits and _, and not start with _' };

const CONFIG = {
  oneOf: [{ type: 'string' }, { type: 'object', additionalProperties: true }],
  description: 'YAML or JSON text, or an object; at most 51200 bytes. See /plugin-types for the fields of each type.',
  example: '---\ntype: APIGW_FRONTEND\nkey: TESTKEY\nsecret: TESTSECRET\n',
};

function IsConfig(): PropertyDecorator {
  const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  return ValidateBy({
    name: 'isConfig',
    validator: {
      validate: (value: unknown) => typeof value === 'string' || isObject(value),
      defaultMessage: () => 'must be YAML or JSON text, or an object',
    },
  });
}

export class CheckPluginBody {
  @ApiProperty({ enum: PLUGIN_TYPES })
  @IsString()
  @MaxLength(50)
  type!: string;

  @ApiProperty(CONFIG)
  @IsConfig()
  config!: GivenConfig;
}

export class CreatePluginBody extends CheckPluginBody {
  @ApiPropertyOptional({ description: 'To keep the id of a plugin that moves here.', pattern: '^[0-9a-f]{32}$' })
  @Optional()
  @Matches(/^[0-9a-f]{32}$/, { message: 'must be 32 lower-case hexadecimal digits' })
  id?: string;

  @ApiProperty({ example: 'distribution_routing' })
  @Matches(NAME, NAME_RULE)
  name!: string;
}

export class ReplacePluginBody {
  @ApiPropertyOptional()
  @Optional()
  @Matches(NAME, NAME_RULE)
  name?: string;

  @ApiPropertyOptional({ enum: PLUGIN_TYPES, description: 'May be repeated; it is fixed.' })
  @Optional()
  @IsString()
  @MaxLength(50)
  type?: string;

  @ApiProperty({ ...CONFIG, description: 'A secret written as ****** keeps its stored value.' })
  @IsConfig()
  config!: GivenConfig;
}

export class PluginSummary {
  @ApiProperty({ example: '5d41402abc4b2a76b9719d911017c592' })
  id!: string;

  @ApiProperty({ example: 'distribution_routing' })
  name!: string;

  @ApiProperty({ enum: PLUGIN_TYPES })
  type!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  updatedAt!: string;
}

export class PluginView extends PluginSummary {
  @ApiProperty({ description: 'The text as it was written, secret values as ******.' })
  config!: string;

  @ApiPropertyOptional({ description: 'The app whose newest key pair signs; absent where the configuration names none.' })
  appId?: string;
}

export class PluginPage {
  @ApiProperty({ type: [PluginSummary] })
  items!: PluginSummary[];

  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}

export class WrittenPlugin extends IntersectionType(PluginView, WriteAnswer) {}

/** A request to check a configuration, and its answer, for the reference. */
export const CHECKED = {
  asked: {
    type: 'routing',
    config: `parameters:
  version: "Header:X-Version"
routes:
- name: old
  condition: "$version = '1'"
  backend: { address: orders1.example.com }
- name: older
  condition: "'1' = $version"
  backend: { address: orders0.example.com }
`,
  },
  answer: {
    problems: [],
    warnings: [{ code: 'never-reached', message: 'routes[0] has the same condition', path: 'config.routes[1]' }],
    summary: [
      'The first of these routes that fits is taken.',
      "old: where $version = '1', a request goes to orders1.example.com.",
      "older: where '1' = $version, a request goes to orders0.example.com.",
      'All other requests go to the API’s own backend.',
    ],
  },
};

export class PluginFindings {
  @ApiProperty({ type: [ProblemError], description: 'What a write would be refused for.', example: CHECKED.answer.problems })
  problems!: ProblemError[];

  @ApiProperty({
    type: [WarningBody],
    description: 'What a write would warn of, certain from the configuration alone; codes: docs/reference/plugins.md.',
    example: CHECKED.answer.warnings,
  })
  warnings!: WarningBody[];

  @ApiProperty({
    type: [String],
    description: 'What the configuration would do, in plain words and without its secrets. Empty while there are problems.',
    example: CHECKED.answer.summary,
  })
  summary!: string[];
}
