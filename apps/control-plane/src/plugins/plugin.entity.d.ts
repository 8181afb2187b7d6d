export declare class Plugin {
    id: string;
    accountId: string;
    name: string;
    type: string;
    /** The text as its owner wrote it, sealed with the master key at `storedPaths.pluginConfig`. */
    config: string;
    createdAt: Date;
    updatedAt: Date;
}
