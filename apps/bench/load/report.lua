-- Reports a run of wrk as one line that the harness reads. Loaded by every run.
local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
end

function done(summary, latency)
  local exhausted = threads[1]:get('exhausted') and true or false
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"durationUs":%d,"refused":%d,"socketErrors":%d,"exhausted":%s,"p50Us":%d,"p99Us":%d}\n',
    summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    tostring(exhausted), latency:percentile(50), latency:percentile(99)))
end
