/** The codes with which a route refuses, by status: clients branch on them. */

/** Of a path parameter, by the collection that it stands in. Others follow the pattern `NotFound` and the singular. */
const ABSENT: Record<string, string> = {
  groups: 'NotFoundApiGroup',
  apis: 'NotFoundApi',
  grants: 'NotFoundAuthorization',
  keys: 'NotFoundAppKey',
  'app-codes': 'NotFoundAppCode',
  'vpc-accesses': 'NotFoundVpcAccess',
  deployments: 'NotFoundStage',
  items: 'NotFoundDatasetItem',
};

/** Wherever the status may come; each route that comes under a pattern has the codes. */
const EVERYWHERE: readonly Rule[] = [
  [/./, 400, 'InvalidRequest'],
  [/^POST/, 400, 'InvalidIdempotencyKey'],
  [/./, 401, 'Unauthorized'],
  [/./, 403, 'Forbidden'],
  [/^(?!GET)/, 409, 'AlreadyExists', 'InUse'],
  [/^POST/, 409, 'IdempotencyKeyReused', 'IdempotencyKeyInUse', 'IdempotentAnswerLost'],
  [/./, 412, 'PreconditionFailed'],
  [/./, 413, 'PayloadTooLarge'],
  [/./, 415, 'UnsupportedMediaType'],
  [/./, 422, 'Refused'],
  [/./, 429, 'TooManyRequests', 'TooManyFailedTokens'],
  [/^POST/, 429, 'TooManyIdempotencyKeys'],
  [/./, 500, 'InternalError'],
  [/./, 503, 'ServiceUnavailable'],
];

type Rule = readonly [route: RegExp, status: number, ...codes: string[]];

const OF_ROUTES: readonly Rule[] = [
  [/^POST \/accounts$/, 409, 'DuplicateAccount'],
  [/^DELETE \/accounts/, 409, 'DefaultAccount', 'DependencyViolationAccount'],
  [/^POST \/tokens$/, 404, 'NotFoundAccount'],
  [/^POST \/tokens$/, 422, 'InvalidExpiresAt'],
  [/^DELETE \/tokens/, 409, 'LastAdminToken'],
  [/^POST \/instances$/, 409, 'DuplicateInstance'],
  [/^PATCH \/instances/, 409, 'DuplicateInstance', 'DefaultInstance', 'FixedInstanceRegion'],
  [/^DELETE \/instances/, 409, 'DefaultInstance', 'DependencyViolationInstance'],
  [/^(?:POST|PATCH) \/groups(?:\/\{id\})?$/, 409, 'DuplicateGroup'],
  [/^(?:POST|PATCH) \/groups(?:\/\{id\})?$/, 422, 'InvalidAppCodePlace', 'UnsupportedFeature'],
  [/^POST \/groups$/, 404, 'NotFoundInstance'],
  [/^PATCH \/groups/, 409, 'FixedGroupId', 'FixedGroupInstance', 'DuplicateDomain'],
  [/^DELETE \/groups\/\{id\}$/, 409, 'DependencyViolationGroup'],
  [/\/internal-domain$/, 409, 'CallsFromGatewayOff'],
  [/\/migration$/, 404, 'NotFoundInstance'],
  [/\/migration$/, 409, 'SameInstance', 'OtherRegion', 'CallsFromGatewayOff', 'DuplicateDomain'],
  [/^POST .*\/stages$/, 409, 'DuplicateStage', 'ExceedLimitStage'],
  [/^DELETE .*\/stages/, 409, 'BuiltInStage', 'DependencyViolationStage'],
  [/\/variables$/, 409, 'DependencyViolationStageVariable'],
  [/\/variables$/, 422, 'InvalidApiDefinition', 'RoutingCycle'],
  [/^POST .*\/domains$/, 409, 'DuplicateDomain', 'OverlappingDomain', 'ExceedLimitDomain'],
  [/^POST .*\/domains$/, 422, 'NotFoundStage', 'UnsupportedFeature', 'InvalidDomain', 'NotFoundCertificate'],
  [/^(?:POST|PUT|PATCH) \/vpc-accesses/, 409, 'DuplicateVpcAccess', 'ExceedLimitVpcAccess'],
  [/^(?:POST|PUT|PATCH) \/vpc-accesses/, 422, 'InvalidVpcAccess'],
  [/^(?:POST|PUT|PATCH) \/(?:groups\/\{groupId\}\/apis|apis)/, 409, 'DuplicateApi', 'RepeatedApi'],
  [
    /^(?:POST|PUT|PATCH) \/(?:groups\/\{groupId\}\/apis|apis)/,
    422,
    'InvalidApiDefinition',
    'RoutingCycle',
    'UnsupportedFeature',
    'UnsupportedBackendType',
  ],
  [/^(?:PUT|PATCH) \/apis/, 409, 'FixedApiId', 'FixedApiGroup'],
  [/^DELETE \/apis\/\{id\}$/, 409, 'DependencyViolationApiDeployed'],
  [/^POST \/(?:apis|groups)\/\{\w+\}\/deployments$/, 422, 'NotFoundStage', 'NotFoundVersion', 'NotFoundStageVariable'],
  [/^POST \/apis\/\{id\}\/deployments$/, 404, 'NotFoundVersion'],
  [/\/versions\/\{version\}$/, 404, 'NotFoundVersion'],
  [/^(?:POST|PATCH) \/apps(?:\/\{id\})?$/, 409, 'DuplicateApp'],
  [/^POST \/apps$/, 409, 'DuplicateAppKey', 'DuplicateAppCode'],
  [/^DELETE \/apps\/\{id\}$/, 409, 'DependencyViolationApp'],
  [/^POST .*\/keys$/, 409, 'DuplicateAppKey', 'ExceedLimitAppKey'],
  [/^DELETE .*\/keys/, 409, 'DependencyViolationLastKey'],
  [/^POST .*\/app-codes$/, 409, 'DuplicateAppCode', 'ExceedLimitAppCode'],
  [/^POST \/grants$/, 409, 'ExceedLimitGrant'],
  [/^POST \/grants$/, 422, 'NotFoundApp', 'NotFoundApi', 'NotFoundStage', 'InvalidExpiresAt'],
  [/^(?:POST|PUT) \/plugins(?:\/\{id\})?$/, 409, 'DuplicatePlugin', 'InvalidPluginType'],
  [
    /^(?:POST|PUT) \/plugins(?:\/\{id\})?$/,
    422,
    'InvalidPluginData',
    'UnsupportedFeature',
    'UnsupportedBackendType',
    'RoutingCycle',
  ],
  [/^DELETE \/plugins\/\{id\}$/, 409, 'DependencyViolationPlugin'],
  [/\/bindings/, 422, 'NotFoundApi', 'NotFoundApiGroup', 'NotFoundStage', 'RoutingCycle'],
  [/^GET \/revisions$/, 404, 'NotFoundInstance'],
  [/\/rollback$/, 404, 'NotFoundInstance'],
  [/\/rollback$/, 409, 'RevisionForgotten', 'RepeatedApi'],
  [/\/rollback$/, 422, 'InvalidApiDefinition', 'RoutingCycle'],
  [/^(?:POST|PUT|PATCH) \/certificates/, 409, 'DuplicateCertificate', 'ExceedLimitCertificate'],
  [/^(?:POST|PUT|PATCH) \/certificates/, 422, 'InvalidCertificate'],
  [/^(?:POST|PUT) \/datasets/, 409, 'DuplicateDataset', 'ExceedLimitDataset', 'FixedDatasetType', 'ExceedLimitDatasetItem'],
  [/^(?:POST|PUT) \/datasets/, 422, 'InvalidDatasetItem'],
  [/^DELETE \/datasets/, 404, 'NotFoundDatasetItem'],
  [/^DELETE \/datasets/, 409, 'DependencyViolationDataset'],
  [/^(?:POST|PUT|PATCH) .*\/models/, 409, 'DuplicateModel', 'ExceedLimitModel'],
  [/^(?:POST|PUT|PATCH) .*\/models/, 422, 'InvalidModelSchema', 'NotFoundModel'],
  [/^(?:POST|DELETE) \/tags$/, 404, 'NotFoundApiGroup', 'NotFoundPlugin', 'NotFoundApp', 'NotFoundInstance'],
  [/^POST \/tags$/, 409, 'ExceedLimitTag'],
  [/^DELETE \/certificates/, 409, 'DependencyViolationCertificate'],
];

/** @param path as in the document */
export function codesOf(method: string, path: string, status: string): string[] {
  const below = path.replace(/^\/api\/v1/, '');
  const route = `${method.toUpperCase()} ${below}`;
  const said = [...EVERYWHERE, ...OF_ROUTES].flatMap(([pattern, at, ...codes]) =>
    String(at) === status && pattern.test(route) ? codes : [],
  );
  return [...new Set([...(status === '404' ? absentCodes(below) : []), ...said])];
}

function absentCodes(path: string): string[] {
  return [...path.matchAll(/\/([^/]+)\/\{\w+\}/g)].map(
    ([, collection = '']) => ABSENT[collection] ?? `NotFound${singular(collection)}`,
  );
}

function singular(collection: string): string {
  const words = collection.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return words.join('').replace(/s$/, '');
}
