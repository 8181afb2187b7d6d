export declare class PluginTypeView {
    type: string;
    description: string;
    jsonSchema: Record<string, unknown>;
    example: string;
}
export declare class PluginTypePage {
    items: PluginTypeView[];
    next: null;
}
