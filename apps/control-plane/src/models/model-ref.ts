/** Names of models as the vendor's gateway writes them: they lead nowhere, but documents that move here hold them. */

const REF = /^https:\/\/apigateway\.aliyun\.com\/models\/([0-9a-f]{32})\/([0-9a-f]{32})$/;

export interface ModelPlace {
  readonly groupId: string;
  readonly modelId: string;
}

export function modelRef({ groupId, modelId }: ModelPlace): string {
  return `https://apigateway.aliyun.com/models/${groupId}/${modelId}`;
}

/** Null for any other text. */
export function readModelRef(text: string): ModelPlace | null {
  const [, groupId, modelId] = REF.exec(text) ?? [];
  return groupId === undefined || modelId === undefined ? null : { groupId, modelId };
}
