var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/** `/api/v1/plugin-types`. */
import { pluginTypes } from '@causeway/plugins';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../http/allow.js';
import { PluginTypePage } from './plugin-type.dto.js';
let PluginTypesController = class PluginTypesController {
    list() {
        return { items: pluginTypes, next: null };
    }
};
__decorate([
    Get(),
    Allow('viewer'),
    ApiOperation({ summary: 'The types of plugins, in the order in which they run.' }),
    ApiOkResponse({ type: PluginTypePage }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", void 0)
], PluginTypesController.prototype, "list", null);
PluginTypesController = __decorate([
    ApiTags('plugins'),
    Controller('api/v1/plugin-types')
], PluginTypesController);
export { PluginTypesController };
//# sourceMappingURL=plugin-types.controller.js.map