-- Sends requests that were signed beforehand, each with a nonce of its own, so that signing costs the load generator nothing.
-- Arguments after `--`: the file of requests, the length of one request in bytes (all have the same).
dofile(debug.getinfo(1, 'S').source:match('@(.*/)') .. 'report.lua')

exhausted = false
local requests, length, count, position = nil, 0, 0, 0

function init(args)
  length = tonumber(args[2])
  local file = assert(io.open(args[1], 'rb'))
  requests = file:read('*a')
  file:close()
  count = #requests / length
end

function request()
  if position == count then
    exhausted = true
    position = 0
  end
  position = position + 1
  return requests:sub((position - 1) * length + 1, position * length)
end
