-- What the stand-in does per hop: route by a query parameter, sign, verify (HmacSHA256, timestamp, nonce), with LuaJIT's FFI
-- on the libcrypto that nginx is linked to.
local ffi = require 'ffi'
ffi.cdef [[
  unsigned char *HMAC(const void *md, const void *key, int key_len, const unsigned char *d, size_t n, unsigned char *out, unsigned int *out_len);
  const void *EVP_sha256(void);
  int RAND_bytes(unsigned char *buf, int n);
]]
local crypto = ffi.C
local sha256 = crypto.EVP_sha256()
local mac, mac_len, random = ffi.new('unsigned char[32]'), ffi.new('unsigned int[1]'), ffi.new('unsigned char[16]')

local nonces = ngx.shared.nonces
local secrets = { BENCHKEY = 'BENCHSECRET' }
local routes = {
  { value = 'resource1', host = 'a1-intranet.local', path = '/business1' },
  { value = 'resource2', host = 'a2-intranet.local', path = '/business2' },
}
local SIGNED = 'x-ca-key,x-ca-nonce,x-ca-signature-method,x-ca-timestamp'

local function hmac(secret, text)
  crypto.HMAC(sha256, secret, #secret, text, #text, mac, mac_len)
  return ngx.encode_base64(ffi.string(mac, 32))
end

local function canonical(method, h, path, args, key, nonce, timestamp, algorithm)
  local names = {}
  for name in pairs(args) do names[#names + 1] = name end
  table.sort(names)
  local pairs_ = {}
  for i, name in ipairs(names) do
    local v = args[name]
    if type(v) == 'table' then v = v[1] end
    pairs_[i] = (v == true or v == '') and name or (name .. '=' .. v)
  end
  return table.concat({ method, h['accept'] or '', h['content-md5'] or '', h['content-type'] or '', h['date'] or '',
    'x-ca-key:' .. key, 'x-ca-nonce:' .. nonce, 'x-ca-signature-method:' .. algorithm, 'x-ca-timestamp:' .. timestamp,
    #pairs_ > 0 and path .. '?' .. table.concat(pairs_, '&') or path }, '\n')
end

local M = {}

function M.route_and_sign()
  local args = ngx.req.get_uri_args()
  for i = 1, #routes do
    local route = routes[i]
    if args.target == route.value then
      ngx.var.callee_host, ngx.var.callee_path = route.host, route.path
      crypto.RAND_bytes(random, 16)
      local nonce, timestamp = ngx.encode_base64(ffi.string(random, 16)), tostring(math.floor(ngx.now() * 1000))
      local signature = hmac(secrets.BENCHKEY, canonical(ngx.req.get_method(), ngx.req.get_headers(), route.path, args, 'BENCHKEY', nonce, timestamp, 'HmacSHA256'))
      local set = ngx.req.set_header
      set('x-ca-key', 'BENCHKEY'); set('x-ca-nonce', nonce); set('x-ca-timestamp', timestamp)
      set('x-ca-signature-method', 'HmacSHA256'); set('x-ca-signature-headers', SIGNED); set('x-ca-signature', signature)
      return
    end
  end
  ngx.exit(404)
end

function M.verify()
  local h = ngx.req.get_headers()
  local key, nonce, timestamp = h['x-ca-key'], h['x-ca-nonce'], h['x-ca-timestamp']
  local secret = secrets[key or '']
  if not secret or not nonce or not timestamp then return ngx.exit(403) end
  if math.abs(ngx.now() * 1000 - (tonumber(timestamp) or 0)) > 900000 then return ngx.exit(403) end
  if not nonces:add(key .. nonce, true, 900) then return ngx.exit(403) end
  local expected = hmac(secret, canonical(ngx.req.get_method(), h, ngx.var.uri, ngx.req.get_uri_args(), key, nonce, timestamp, h['x-ca-signature-method'] or 'HmacSHA256'))
  if expected ~= h['x-ca-signature'] then return ngx.exit(403) end
  ngx.req.clear_header('x-ca-signature')
end

return M
