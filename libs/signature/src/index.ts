/** Signatures and hop tokens of the wire contract, on node:crypto alone. */
export { BACKEND_KEY_HEADER, type BackendRequest, backendStringToSign, signBackend } from './backend.js';
export { canonicalParameters } from './canonical-parameters.js';
export { contentMd5 } from './content-md5.js';
export { decodeBytes, decodeComponent } from './decode-component.js';
export {
  FRONTEND_SIGNED_HEADERS,
  frontendBytesToSign,
  frontendStringToSign,
  gatewayHeadersBlock,
  type SignedFields,
  signFrontend,
} from './frontend.js';
export { headersBlock } from './headers-block.js';
export { hmacBase64, type SignatureMethod } from './hmac.js';
export { type Hop, openHop, sealHop } from './hop.js';
export { prepareSecret } from './prepare-secret.js';
export { renderStringToSign } from './render.js';
export { SigningKey } from './signing-key.js';
export { verifySignature } from './verify.js';
