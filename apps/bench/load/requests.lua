-- Sends requests that were written beforehand, so that choosing and signing them costs the load generator nothing.
-- Arguments after `--`: the file of requests, the length of one request in bytes (all have the same), `once` or `again`.
dofile(debug.getinfo(1, 'S').source:match('@(.*/)') .. 'report.lua')

exhausted = false
local requests, length, count, position, once = nil, 0, 0, 0, true

function init(args)
  length = tonumber(args[2])
  once = args[3] == 'once'
  local file = assert(io.open(args[1], 'rb'))
  requests = file:read('*a')
  file:close()
  count = #requests / length
  -- short runs would else know the start of the file only
  math.randomseed(os.time())
  if not once then position = math.random(0, count - 1) end
end

function request()
  if position == count then
    exhausted = once
    position = 0
  end
  position = position + 1
  return requests:sub((position - 1) * length + 1, position * length)
end
