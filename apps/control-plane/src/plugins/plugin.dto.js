var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/** What the plugin endpoints take and give. */
import { PLUGIN_TYPES } from '@causeway/contract';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsString, Matches, MaxLength, ValidateBy } from 'class-validator';
import { Optional } from '../http/optional.js';
import { ProblemError } from '../http/problem-body.js';
import { WarningBody, WriteAnswer } from '../http/write-answer.js';
const NAME = /^[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]{3,49}$/;
const NAME_RULE = { message: 'must have 4 to 50 letters, digits and _, and not start with _' };
const CONFIG = {
    oneOf: [{ type: 'string' }, { type: 'object', additionalProperties: true }],
    description: 'YAML or JSON text, or an object; at most 51200 bytes. See /plugin-types for the fields of each type.',
    example: '---\ntype: APIGW_FRONTEND\nkey: TESTKEY\nsecret: TESTSECRET\n',
};
function IsConfig() {
    const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
    return ValidateBy({
        name: 'isConfig',
        validator: {
            validate: (value) => typeof value === 'string' || isObject(value),
            defaultMessage: () => 'must be YAML or JSON text, or an object',
        },
    });
}
export class CheckPluginBody {
    type;
    config;
}
__decorate([
    ApiProperty({ enum: PLUGIN_TYPES }),
    IsString(),
    MaxLength(50),
    __metadata("design:type", String)
], CheckPluginBody.prototype, "type", void 0);
__decorate([
    ApiProperty(CONFIG),
    IsConfig(),
    __metadata("design:type", Object)
], CheckPluginBody.prototype, "config", void 0);
export class CreatePluginBody extends CheckPluginBody {
    id;
    name;
}
__decorate([
    ApiPropertyOptional({ description: 'To keep the id of a plugin that moves here.', pattern: '^[0-9a-f]{32}$' }),
    Optional(),
    Matches(/^[0-9a-f]{32}$/, { message: 'must be 32 lower-case hexadecimal digits' }),
    __metadata("design:type", String)
], CreatePluginBody.prototype, "id", void 0);
__decorate([
    ApiProperty({ example: 'distribution_routing' }),
    Matches(NAME, NAME_RULE),
    __metadata("design:type", String)
], CreatePluginBody.prototype, "name", void 0);
export class ReplacePluginBody {
    name;
    type;
    config;
}
__decorate([
    ApiPropertyOptional(),
    Optional(),
    Matches(NAME, NAME_RULE),
    __metadata("design:type", String)
], ReplacePluginBody.prototype, "name", void 0);
__decorate([
    ApiPropertyOptional({ enum: PLUGIN_TYPES, description: 'May be repeated; it is fixed.' }),
    Optional(),
    IsString(),
    MaxLength(50),
    __metadata("design:type", String)
], ReplacePluginBody.prototype, "type", void 0);
__decorate([
    ApiProperty({ ...CONFIG, description: 'A secret written as ****** keeps its stored value.' }),
    IsConfig(),
    __metadata("design:type", Object)
], ReplacePluginBody.prototype, "config", void 0);
export class PluginSummary {
    id;
    name;
    type;
    createdAt;
    updatedAt;
}
__decorate([
    ApiProperty({ example: '5d41402abc4b2a76b9719d911017c592' }),
    __metadata("design:type", String)
], PluginSummary.prototype, "id", void 0);
__decorate([
    ApiProperty({ example: 'distribution_routing' }),
    __metadata("design:type", String)
], PluginSummary.prototype, "name", void 0);
__decorate([
    ApiProperty({ enum: PLUGIN_TYPES }),
    __metadata("design:type", String)
], PluginSummary.prototype, "type", void 0);
__decorate([
    ApiProperty({ example: '2026-11-22T12:00:00.000Z' }),
    __metadata("design:type", String)
], PluginSummary.prototype, "createdAt", void 0);
__decorate([
    ApiProperty({ example: '2026-11-22T12:00:00.000Z' }),
    __metadata("design:type", String)
], PluginSummary.prototype, "updatedAt", void 0);
export class PluginView extends PluginSummary {
    config;
}
__decorate([
    ApiProperty({ description: 'The text as it was written, secret values as ******.' }),
    __metadata("design:type", String)
], PluginView.prototype, "config", void 0);
export class PluginPage {
    items;
    next;
}
__decorate([
    ApiProperty({ type: [PluginSummary] }),
    __metadata("design:type", Array)
], PluginPage.prototype, "items", void 0);
__decorate([
    ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' }),
    __metadata("design:type", Object)
], PluginPage.prototype, "next", void 0);
export class WrittenPlugin extends IntersectionType(PluginView, WriteAnswer) {
}
export class PluginFindings {
    problems;
    warnings;
}
__decorate([
    ApiProperty({ type: [ProblemError], description: 'What a write would be refused for.' }),
    __metadata("design:type", Array)
], PluginFindings.prototype, "problems", void 0);
__decorate([
    ApiProperty({ type: [WarningBody] }),
    __metadata("design:type", Array)
], PluginFindings.prototype, "warnings", void 0);
//# sourceMappingURL=plugin.dto.js.map