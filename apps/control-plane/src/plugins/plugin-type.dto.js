var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/** A type of plugins as the reference shows it. */
import { PLUGIN_TYPES } from '@causeway/contract';
import { ApiProperty } from '@nestjs/swagger';
export class PluginTypeView {
    type;
    description;
    jsonSchema;
    example;
}
__decorate([
    ApiProperty({ enum: PLUGIN_TYPES }),
    __metadata("design:type", String)
], PluginTypeView.prototype, "type", void 0);
__decorate([
    ApiProperty(),
    __metadata("design:type", String)
], PluginTypeView.prototype, "description", void 0);
__decorate([
    ApiProperty({ type: 'object', additionalProperties: true, description: 'JSON Schema of its configuration.' }),
    __metadata("design:type", Object)
], PluginTypeView.prototype, "jsonSchema", void 0);
__decorate([
    ApiProperty({ description: 'A configuration in YAML.' }),
    __metadata("design:type", String)
], PluginTypeView.prototype, "example", void 0);
export class PluginTypePage {
    items;
    next;
}
__decorate([
    ApiProperty({ type: [PluginTypeView] }),
    __metadata("design:type", Array)
], PluginTypePage.prototype, "items", void 0);
__decorate([
    ApiProperty({ type: String, nullable: true, description: 'Always null: they stand on one page.' }),
    __metadata("design:type", void 0)
], PluginTypePage.prototype, "next", void 0);
//# sourceMappingURL=plugin-type.dto.js.map