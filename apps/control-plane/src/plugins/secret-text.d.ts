export declare function maskSecrets(type: string, text: string): string;
/** A value written as `******`, quoted or not, becomes what `stored` had; fields that had nothing are named in `unknown`. */
export declare function restoreSecrets(type: string, text: string, stored: string | null): {
    text: string;
    unknown: string[];
};
