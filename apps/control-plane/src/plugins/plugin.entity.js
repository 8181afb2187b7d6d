var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/** A plugin's row. */
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
let Plugin = class Plugin {
    id;
    accountId;
    name;
    type;
    /** The text as its owner wrote it, sealed with the master key at `storedPaths.pluginConfig`. */
    config;
    createdAt;
    updatedAt;
};
__decorate([
    PrimaryColumn('text'),
    __metadata("design:type", String)
], Plugin.prototype, "id", void 0);
__decorate([
    Column('text', { name: 'account_id' }),
    __metadata("design:type", String)
], Plugin.prototype, "accountId", void 0);
__decorate([
    Column('text'),
    __metadata("design:type", String)
], Plugin.prototype, "name", void 0);
__decorate([
    Column('text'),
    __metadata("design:type", String)
], Plugin.prototype, "type", void 0);
__decorate([
    Column('text'),
    __metadata("design:type", String)
], Plugin.prototype, "config", void 0);
__decorate([
    CreateDateColumn({ type: 'timestamptz', name: 'created_at' }),
    __metadata("design:type", Date)
], Plugin.prototype, "createdAt", void 0);
__decorate([
    UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' }),
    __metadata("design:type", Date)
], Plugin.prototype, "updatedAt", void 0);
Plugin = __decorate([
    Entity('plugins')
], Plugin);
export { Plugin };
//# sourceMappingURL=plugin.entity.js.map