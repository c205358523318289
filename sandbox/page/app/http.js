/** One way to ask the sandbox for something, and one kind of error. */

const READ_TRIES = 3;
const LONGEST_WAIT_SECONDS = 5;

/** A refused or failed request, in words for people. `status` is 0 when there was no answer at all. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

/**
 * Send a request. Reading is tried again while the server is busy or away; writing never is, for it might happen twice.
 * @param {string} path
 * @param {{method?: string, token?: string, body?: object|FormData}} [options] an object travels as JSON
 * @returns {Promise<Response>}
 * @throws {ApiError}
 */
export async function request(path, { method = "GET", token, body } = {}) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const isForm = body instanceof FormData;
  if (body && !isForm) headers["Content-Type"] = "application/json";
  const options = { method, headers, body: body && !isForm ? JSON.stringify(body) : body };

  for (let tried = 1; ; tried += 1) {
    const response = await fetch(path, options).catch(() => null);
    if (response?.ok) return response;
    const again =
      method === "GET" && tried < READ_TRIES && (!response || [429, 502, 503, 504].includes(response.status));
    if (!again) throw await failure(response);
    await pause(Number(response?.headers.get("Retry-After")) || tried);
  }
}

/** The JSON body of the answer, null when there is none. See `request`. */
export async function json(path, options) {
  const response = await request(path, options);
  return response.status === 204 ? null : response.json();
}

const pause = (seconds) => new Promise((done) => setTimeout(done, Math.min(seconds, LONGEST_WAIT_SECONDS) * 1000));

async function failure(response) {
  if (!response) return new ApiError("No answer. Is the sandbox still running?", 0);
  const body = await response.json().catch(() => ({}));
  return new ApiError(body.message || `Webex answered ${response.status}.`, response.status);
}
