export declare class PluginTypesController {
    list(): {
        items: {
            type: "backendSignature" | "routing";
            description: string;
            example: string;
            jsonSchema: Record<string, unknown>;
        }[];
        next: null;
    };
}
