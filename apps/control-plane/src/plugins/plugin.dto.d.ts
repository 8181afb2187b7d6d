import { ProblemError } from '../http/problem-body.js';
import { WarningBody, WriteAnswer } from '../http/write-answer.js';
import type { GivenConfig } from './plugin-configs.js';
export declare class CheckPluginBody {
    type: string;
    config: GivenConfig;
}
export declare class CreatePluginBody extends CheckPluginBody {
    id?: string;
    name: string;
}
export declare class ReplacePluginBody {
    name?: string;
    type?: string;
    config: GivenConfig;
}
export declare class PluginSummary {
    id: string;
    name: string;
    type: string;
    createdAt: string;
    updatedAt: string;
}
export declare class PluginView extends PluginSummary {
    config: string;
}
export declare class PluginPage {
    items: PluginSummary[];
    next: string | null;
}
declare const WrittenPlugin_base: import("@nestjs/common").Type<PluginView & WriteAnswer>;
export declare class WrittenPlugin extends WrittenPlugin_base {
}
export declare class PluginFindings {
    problems: ProblemError[];
    warnings: WarningBody[];
}
export {};
