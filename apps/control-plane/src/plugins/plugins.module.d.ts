export declare class PluginsModule {
}
