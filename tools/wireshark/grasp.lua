-- GRASP (RFC 8990) for Wireshark and tshark, with the framing of this project's overlay (docs/overlay.md and
-- docs/multiplexing.md). For Lua 5.2 to 5.4. How to install and use it: docs/wireshark.md.
--
-- What a peer sends never raises a Lua error: the CBOR decoder returns its errors, and is bounded in depth and items.

local grasp = Proto("grasp", "Generic Autonomic Signaling Protocol")
local mux = Proto("grasp_mux", "GRASP Streams")
local link = Proto("grasp_link", "GRASP Overlay Link")

-- Settings ---------------------------------------------------------------------------------------------------------

local PORTS = "7017"
local MAX_DEPTH = 64
local MAX_ITEMS = 20000
local MAX_TEXT = 1000 -- longest diagnostic notation that is shown
local MAX_SHOWN = 200 -- messages, and elements of a message, that get lines of their own

grasp.prefs.ports = Pref.range("Ports", PORTS, "UDP and TCP ports of GRASP, also within TLS", 65535)
grasp.prefs.max_bytes = Pref.uint("Longest message", 65536,
    "Bytes that are collected for one message of a stream. A node's default is 2048 (GRASP_DEF_MAX_SIZE).")
grasp.prefs.any_port = Pref.bool("Find GRASP on any port", true,
    "Recognize connections and datagrams on other ports by their first message")

-- Names ------------------------------------------------------------------------------------------------------------

local NOOP, DISCOVERY, RESPONSE, REQ_NEG, REQ_SYN, NEGOTIATE = 0, 1, 2, 3, 4, 5
local END, WAIT, SYNCH, FLOOD, INVALID = 6, 7, 8, 9, 99
local DIVERT, ACCEPT, DECLINE, IPV6, IPV4, FQDN, URI = 100, 101, 102, 103, 104, 105, 106

local TYPES = {
    [NOOP] = "M_NOOP", [DISCOVERY] = "M_DISCOVERY", [RESPONSE] = "M_RESPONSE", [REQ_NEG] = "M_REQ_NEG",
    [REQ_SYN] = "M_REQ_SYN", [NEGOTIATE] = "M_NEGOTIATE", [END] = "M_END", [WAIT] = "M_WAIT", [SYNCH] = "M_SYNCH",
    [FLOOD] = "M_FLOOD", [INVALID] = "M_INVALID",
}
local OPTIONS = {
    [DIVERT] = "O_DIVERT", [ACCEPT] = "O_ACCEPT", [DECLINE] = "O_DECLINE", [IPV6] = "O_IPv6_LOCATOR",
    [IPV4] = "O_IPv4_LOCATOR", [FQDN] = "O_FQDN_LOCATOR", [URI] = "O_URI_LOCATOR",
}
local FLAGS = { { 1, "F_DISC" }, { 2, "F_NEG" }, { 4, "F_SYNCH" }, { 8, "F_NEG_DRY" } }
local PROTOCOLS = { [6] = "TCP", [17] = "UDP" }

-- Fields -----------------------------------------------------------------------------------------------------------

local f = {
    type = ProtoField.uint8("grasp.type", "Message type", base.DEC, TYPES),
    session = ProtoField.uint32("grasp.session", "Session ID", base.DEC),
    initiator6 = ProtoField.ipv6("grasp.initiator.ipv6", "Initiator"),
    initiator4 = ProtoField.ipv4("grasp.initiator.ipv4", "Initiator"),
    ttl = ProtoField.uint32("grasp.ttl", "Time to live in ms", base.DEC),
    wait = ProtoField.uint32("grasp.wait", "Waiting time in ms", base.DEC),
    objective = ProtoField.string("grasp.objective", "Objective"),
    flags = ProtoField.uint32("grasp.flags", "Flags", base.DEC),
    flag = {
        ProtoField.bool("grasp.flags.disc", "F_DISC (discovery)", 8, nil, 1),
        ProtoField.bool("grasp.flags.neg", "F_NEG (negotiation)", 8, nil, 2),
        ProtoField.bool("grasp.flags.synch", "F_SYNCH (synchronization)", 8, nil, 4),
        ProtoField.bool("grasp.flags.neg_dry", "F_NEG_DRY (dry run)", 8, nil, 8),
    },
    loop_count = ProtoField.uint32("grasp.loop_count", "Loop count", base.DEC),
    value = ProtoField.string("grasp.value", "Value"),
    embedded = ProtoField.string("grasp.value.embedded", "Value in the byte string"),
    option = ProtoField.uint32("grasp.option", "Option", base.DEC, OPTIONS),
    address6 = ProtoField.ipv6("grasp.locator.ipv6", "Address"),
    address4 = ProtoField.ipv4("grasp.locator.ipv4", "Address"),
    fqdn = ProtoField.string("grasp.locator.fqdn", "Name"),
    uri = ProtoField.string("grasp.locator.uri", "URI"),
    protocol = ProtoField.uint32("grasp.locator.protocol", "Transport protocol", base.DEC, PROTOCOLS),
    port = ProtoField.uint32("grasp.locator.port", "Port", base.DEC),
    no_locator = ProtoField.none("grasp.locator.none", "No locator"),
    reason = ProtoField.string("grasp.reason", "Reason"),
    content = ProtoField.string("grasp.invalid.content", "Content"),
    unknown = ProtoField.string("grasp.unknown", "Unknown element"),
    item = ProtoField.string("grasp.item", "CBOR item that is not a message"),
    data = ProtoField.bytes("grasp.data", "Undecoded data"),
    acp_instance = ProtoField.bytes("grasp.acp.instance", "Instance"),
    acp_port = ProtoField.uint32("grasp.acp.port", "Port of the node", base.DEC),
    acp_keepalive = ProtoField.uint32("grasp.acp.keepalive", "Keepalive interval in ms", base.DEC),
    response_to = ProtoField.framenum("grasp.response_to", "Response to the message in frame", base.NONE,
        frametype.REQUEST),
    response_in = ProtoField.framenum("grasp.response_in", "Response in frame", base.NONE, frametype.RESPONSE),
    response_time = ProtoField.relative_time("grasp.response_time", "Response time"),
    copy_of = ProtoField.framenum("grasp.copy_of", "Relayed or repeated message of frame", base.NONE,
        frametype.NONE),
}

local e = {}
local experts = {}
local function expert_info(name, text, group, severity)
    e[name] = ProtoExpert.new("grasp." .. name, text, group, severity)
    experts[#experts + 1] = e[name]
end

local MALFORMED, PROTOCOL, SEQUENCE = expert.group.MALFORMED, expert.group.PROTOCOL, expert.group.SEQUENCE
local ERROR, WARN, NOTE = expert.severity.ERROR, expert.severity.WARN, expert.severity.NOTE
expert_info("malformed", "Not well-formed CBOR", MALFORMED, ERROR)
expert_info("too_complex", "Too deep, too long or too many items to be dissected", expert.group.UNDECODED, WARN)
expert_info("not_a_message", "Not a GRASP message", MALFORMED, ERROR)
expert_info("missing", "An element is missing", MALFORMED, ERROR)
expert_info("wrong_type", "An element has the wrong type or range", MALFORMED, ERROR)
expert_info("unknown_message", "Unknown message type", expert.group.UNDECODED, NOTE)
expert_info("unknown_option", "Unknown option", expert.group.UNDECODED, NOTE)
expert_info("extra", "Elements after the last known one", PROTOCOL, NOTE)
expert_info("unknown_flags", "Unknown flags", PROTOCOL, NOTE)
expert_info("flags_conflict", "Flags that exclude each other", PROTOCOL, WARN)
expert_info("no_value", "The objective needs a value in this message", PROTOCOL, WARN)
expert_info("loop_count_0", "A loop count of 0 must not be sent", PROTOCOL, WARN)
expert_info("loop_count_kept", "The loop count was not decremented", SEQUENCE, NOTE)
expert_info("link_local_flood", "A flood of a link-local initiator needs a loop count of 1", PROTOCOL, WARN)
expert_info("divert", "A locator that a divert must not have", PROTOCOL, WARN)
expert_info("mixed", "Both a divert and locators", PROTOCOL, WARN)
expert_info("wrong_transport", "A message that must not be sent by UDP", PROTOCOL, WARN)
expert_info("too_long", "Longer than GRASP_DEF_MAX_SIZE, 2048 bytes", PROTOCOL, NOTE)
expert_info("fragments", "A datagram longer than 1280 bytes", PROTOCOL, NOTE)
expert_info("turn", "A second move in a row by the same side", SEQUENCE, WARN)
expert_info("ended", "A message after M_END", SEQUENCE, WARN)
expert_info("dry", "Dry and live negotiation mixed in a session", SEQUENCE, WARN)
expert_info("other_session", "A message that does not belong to such a session", SEQUENCE, WARN)
expert_info("encrypted", "Not CBOR; perhaps encrypted with QUADS", expert.group.UNDECODED, NOTE)
expert_info("cut", "The capture does not have all bytes", expert.group.UNDECODED, NOTE)
grasp.experts = experts

local fields = {}
for _, field in pairs(f) do
    if type(field) == "table" then
        for _, each in ipairs(field) do
            fields[#fields + 1] = each
        end
    else
        fields[#fields + 1] = field
    end
end
grasp.fields = fields

local function complain(item, name, detail)
    if detail then
        item:add_proto_expert_info(e[name], detail)
    else
        item:add_proto_expert_info(e[name])
    end
end

-- CBOR (RFC 8949) --------------------------------------------------------------------------------------------------
-- An item is a table: major; at, len: its bytes (from 0); argument, or big, the text of an argument above 2^53; bytes:
-- the content of a string; items: the content of an array, of a map (keys and values) or of a tag; float; chunked, of indefinite length, with chunks.

local UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE = 0, 1, 2, 3, 4, 5, 6, 7
local MORE = "the item is cut off"
local COMPLEX = "too deep, or too many items"

-- The decimal text of an unsigned integer in network order, plus 0 or 1.
local function decimal(bytes, plus)
    local digits = { 0 } -- in base 10^7, the lowest first
    local function add(carry, factor)
        local d = 1
        while carry > 0 or factor > 1 and d <= #digits do
            local sum = (digits[d] or 0) * factor + carry
            digits[d] = sum % 10000000
            carry = math.floor(sum / 10000000)
            d = d + 1
        end
    end
    for i = 1, #bytes do
        add(bytes:byte(i), 256)
    end
    add(plus, 1)
    local text = {}
    for i = #digits, 1, -1 do
        text[#text + 1] = string.format(#text == 0 and "%d" or "%07d", digits[i])
    end
    return table.concat(text)
end

-- The fewest digits that identify a number, as JavaScript prints them, but never as an integer.
local function shortest(value)
    if value == 0 then
        return "0.0"
    end
    for precision = 0, 16 do
        local text = string.format("%." .. precision .. "e", value)
        if precision == 16 or tonumber(text) == value then
            local lead, fraction, exponent = text:match("^(%d)%.?(%d*)e([+-]%d+)$")
            local power = tonumber(exponent)
            local digits = lead .. fraction
            if power >= 0 and power <= 20 then
                digits = digits .. ("0"):rep(power + 2 - #digits)
                return digits:sub(1, power + 1) .. "." .. digits:sub(power + 2)
            elseif power < 0 and power >= -6 then
                return "0." .. ("0"):rep(-power - 1) .. digits
            end
            return string.format("%s.%se%s%d", lead, fraction == "" and "0" or fraction, power < 0 and "-" or "+",
                math.abs(power))
        end
    end
end

local function float_of(bytes)
    local first, second = bytes:byte(1, 2)
    local mantissa_bits = #bytes == 2 and 10 or #bytes == 4 and 7 or 4 -- in the first two bytes
    local high = first % 128 * 256 + second
    local largest = 2 ^ (15 - mantissa_bits) - 1
    local bias = (largest - 1) / 2
    local exponent = math.floor(high / 2 ^ mantissa_bits)
    local mantissa = high % 2 ^ mantissa_bits
    for i = 3, #bytes do
        mantissa = mantissa * 256 + bytes:byte(i)
        mantissa_bits = mantissa_bits + 8
    end
    local sign = first >= 128 and "-" or ""
    if exponent == largest then
        return mantissa == 0 and sign .. "Infinity" or "NaN"
    elseif exponent == 0 then
        return sign .. shortest(mantissa * 2 ^ (1 - bias - mantissa_bits))
    end
    return sign .. shortest((1 + mantissa / 2 ^ mantissa_bits) * 2 ^ (exponent - bias))
end

-- The item at an offset, or nil with the reason and the offset of the error. The limits count down.
local function read_item(data, at, depth, budget)
    budget.items = budget.items - 1
    if depth > MAX_DEPTH or budget.items < 0 then
        return nil, COMPLEX, at
    end
    local initial = data:byte(at + 1)
    if not initial then
        return nil, MORE, at
    end
    local info = initial % 32
    local item = { major = (initial - info) / 32, at = at }
    local position = at + 1
    if info < 24 then
        item.argument = info
    elseif info < 28 then
        local size = info == 24 and 1 or info == 25 and 2 or info == 26 and 4 or 8
        if #data < position + size then
            return nil, MORE, #data
        end
        local bytes = data:sub(position + 1, position + size)
        position = position + size
        local number = 0
        for i = 1, size do
            number = number * 256.0 + bytes:byte(i)
        end
        if number <= 9007199254740992 then
            item.argument = number
        else
            item.big = decimal(bytes, item.major == NEGATIVE and 1 or 0)
        end
        if item.major == SIMPLE then
            if size == 1 then
                if number < 32 then
                    return nil, "not a simple value", at
                end
            else
                item.float = float_of(bytes)
            end
        end
    elseif info < 31 or item.major == UNSIGNED or item.major == NEGATIVE or item.major == TAG then
        return nil, "reserved additional information " .. info, at
    elseif item.major == SIMPLE then
        return nil, "a break without an item that it ends", at
    else
        item.chunked = true
    end

    if item.chunked then
        local major = item.major
        local items, count = {}, 0
        while true do
            local next_byte = data:byte(position + 1)
            if not next_byte then
                return nil, MORE, position
            end
            if next_byte == 255 then
                position = position + 1
                break
            end
            if (major == BYTES or major == TEXT) and
                (math.floor(next_byte / 32) ~= major or next_byte % 32 == 31) then
                return nil, "a chunk of another type", position
            end
            local part, why, where = read_item(data, position, depth + 1, budget)
            if not part then
                return nil, why, where
            end
            count = count + 1
            items[count] = part
            position = part.at + part.len
        end
        if major == MAP and count % 2 == 1 then
            return nil, "a key without a value", position - 1
        end
        if major == BYTES or major == TEXT then
            local chunks = {}
            for i = 1, count do
                chunks[i] = items[i].bytes
            end
            item.bytes = table.concat(chunks)
            item.chunks = items
        else
            item.items = items
        end
    elseif item.major == BYTES or item.major == TEXT then
        if item.big then
            return nil, "a string of " .. item.big .. " bytes", at
        end
        if #data - position < item.argument then
            return nil, MORE, #data
        end
        item.bytes = data:sub(position + 1, position + item.argument)
        position = position + item.argument
    elseif item.major == ARRAY or item.major == MAP or item.major == TAG then
        if item.big and item.major ~= TAG then
            return nil, "a container of " .. item.big .. " items", at
        end
        local count = item.major == TAG and 1 or item.major == MAP and item.argument * 2 or item.argument
        if count > budget.items then
            return nil, COMPLEX, at
        end
        local items = {}
        for i = 1, count do
            local part, why, where = read_item(data, position, depth + 1, budget)
            if not part then
                return nil, why, where
            end
            items[i] = part
            position = part.at + part.len
        end
        item.items = items
    end
    item.len = position - at
    return item
end

local function read(data, at)
    return read_item(data, at, 1, { items = MAX_ITEMS })
end

-- Valid UTF-8 stays, except for control characters; all other bytes are escaped.
local function printable(text)
    local out, i = {}, 1
    while i <= #text do
        local first = text:byte(i)
        local size, least = 1, 0
        if first >= 0xC2 and first <= 0xDF then
            size, least = 2, 0x80
        elseif first >= 0xE0 and first <= 0xEF then
            size, least = 3, 0x800
        elseif first >= 0xF0 and first <= 0xF4 then
            size, least = 4, 0x10000
        end
        local point = size == 1 and first or first % 2 ^ (7 - size)
        for k = 1, size - 1 do
            local byte = text:byte(i + k)
            if not byte or byte < 0x80 or byte > 0xBF then
                size = 1
                break
            end
            point = point * 64 + byte % 64
        end
        if size == 1 then
            if first == 0x5C then
                out[#out + 1] = "\\\\"
            elseif first >= 0x20 and first < 0x7F then
                out[#out + 1] = string.char(first)
            else
                out[#out + 1] = string.format("\\x%02x", first)
            end
        elseif point < least or point > 0x10FFFF or point < 0xA0 or (point >= 0xD800 and point <= 0xDFFF)
            or (point >= 0x200E and point <= 0x202E) or (point >= 0x2066 and point <= 0x2069) then
            for k = 0, size - 1 do
                out[#out + 1] = string.format("\\x%02x", text:byte(i + k))
            end
        else
            out[#out + 1] = text:sub(i, i + size - 1)
        end
        i = i + size
    end
    return table.concat(out)
end

local function hex(bytes)
    return (bytes:gsub(".", function(c)
        return string.format("%02x", c:byte())
    end))
end

local function add_text(out, text)
    out.len = out.len + #text
    out[#out + 1] = text
end

local CLOSING = { [ARRAY] = "]", [MAP] = "}", [TAG] = ")", [BYTES] = ")", [TEXT] = ")" }

local function opening(item, number)
    if item.major == TAG then
        return number .. "("
    end
    local bracket = item.chunks and "(" or item.major == MAP and "{" or "["
    return item.chunked and bracket .. "_ " or bracket
end

local function add_item(out, item)
    if out.len > MAX_TEXT then
        return
    end
    local major = item.major
    local number = item.big or (item.argument and string.format("%.0f", item.argument))
    local items = item.chunks or item.items
    if major == UNSIGNED then
        add_text(out, number)
    elseif major == NEGATIVE then
        add_text(out, "-" .. (item.big or string.format("%.0f", item.argument + 1)))
    elseif major == BYTES and not items then
        add_text(out, "h'" .. hex(item.bytes:sub(1, MAX_TEXT)) .. "'")
    elseif major == TEXT and not items then
        add_text(out, '"' .. printable(item.bytes:sub(1, MAX_TEXT)):gsub('"', '\\"') .. '"')
    elseif major == SIMPLE then
        local names = { [20] = "false", [21] = "true", [22] = "null", [23] = "undefined" }
        add_text(out, item.float or names[item.argument] or "simple(" .. number .. ")")
    elseif item.chunks and #items == 0 then
        add_text(out, major == BYTES and "''_" or '""_')
    elseif major == TAG and (number == "2" or number == "3") and items[1].bytes and #items[1].bytes <= 64 then
        add_text(out, number == "2" and decimal(items[1].bytes, 0) or "-" .. decimal(items[1].bytes, 1))
    else
        add_text(out, opening(item, number))
        for i, each in ipairs(items) do
            if out.len > MAX_TEXT then
                break
            end
            if i > 1 then
                add_text(out, major == MAP and i % 2 == 0 and ": " or ", ")
            end
            add_item(out, each)
        end
        add_text(out, CLOSING[major])
    end
end

-- Diagnostic notation, with bignums as numbers. The end of a long one is replaced by "...".
local function diagnostic(item)
    local out = { len = 0 }
    add_item(out, item)
    local text = table.concat(out)
    if #text > MAX_TEXT then
        text = text:sub(1, MAX_TEXT):gsub("[\128-\191]*$", "") .. "..."
    end
    return text
end

-- Sessions ---------------------------------------------------------------------------------------------------------
-- What the first pass over the packets has found. Later passes, in any order, only look it up.

local messages = {} -- what was found about a message: response_to, response_in, time, copy_of, complaints
local requests = {} -- by session ID and initiator: the multicasts
local sessions = {} -- by conversation and session ID
local claimed = {} -- what a conversation carries
local carries = {} -- the same for a frame
local pending = {} -- of a stream in a stream: bytes of an incomplete message
local carried = {} -- for a frame: the bytes that were pending

function grasp.init()
    messages, requests, sessions, pending, carried = {}, {}, {}, {}, {}
    claimed, carries = {}, {}
end

local TCP, UDP = 2, 3 -- Pinfo.port_type

-- The numbers of conversations. Ports do not identify a connection: a later one may have the same.
local numbers = { [TCP] = Field.new("tcp.stream"), [UDP] = Field.new("udp.stream") }

-- Wireshark provides the numbers while it builds a tree of fields; this tap makes it build one for each packet. In the
-- first pass of tshark -2 without a filter it builds none all the same.
Listener.new("frame", nil, true)

local function ends_of(pinfo)
    return tostring(pinfo.src) .. " " .. pinfo.src_port, tostring(pinfo.dst) .. " " .. pinfo.dst_port
end

-- What identifies the conversation of a packet: its number, or the ports if that is not known.
local function conversation_of(pinfo)
    local number = numbers[pinfo.port_type]
    local found = number and { number() } or {}
    if #found > 0 then
        return pinfo.port_type .. "|" .. tostring(found[#found].value) -- of the innermost, in a tunnel
    end
    local from, to = ends_of(pinfo)
    return from < to and from .. " " .. to or to .. " " .. from
end

local function respond(found, pinfo, request)
    found.response_to = request.frame
    found.time = pinfo.rel_ts - request.time
    local answered = messages[request.id]
    if answered and not answered.response_in then
        answered.response_in = pinfo.number
    end
end

local function multicast(found, id, key, pinfo, from)
    local request = { id = id, frame = pinfo.number, time = pinfo.rel_ts }
    local first = requests[key]
    if first then
        found.copy_of = first.frame
        first.by_source[from] = request
    else
        requests[key] = { frame = pinfo.number, by_source = { [from] = request }, any = request }
    end
end

local STARTS = { [REQ_NEG] = true, [REQ_SYN] = true }

local function session_step(found, id, message, pinfo, key, from)
    local session = sessions[key]
    if not session then
        session = { last = {}, kind = message.type }
        if not STARTS[message.type] then
            session.kind = nil -- the capture began later
        else
            session.dry = message.dry
            session.loop_count = message.loop_count
        end
        sessions[key] = session
    elseif session.ended then
        if message.type ~= INVALID then
            found.complaints[#found.complaints + 1] = "ended"
        end
        return
    end
    for side, last in pairs(session.last) do
        if side ~= from then
            respond(found, pinfo, last)
        end
    end
    local type = message.type
    local foreign = session.kind == REQ_SYN and (type == NEGOTIATE or type == WAIT)
        or session.kind == REQ_NEG and type == SYNCH
    if foreign then
        found.complaints[#found.complaints + 1] = "other_session"
    elseif type == NEGOTIATE then
        if session.mover == from then
            found.complaints[#found.complaints + 1] = "turn"
        end
        if session.kind and session.dry ~= message.dry then
            found.complaints[#found.complaints + 1] = "dry"
        end
        -- The first offer of a responder may have the loop count of the request (RFC 8990 appendix A.5).
        local before = session.loop_count
        if before and message.loop_count and
            (message.loop_count > before or message.loop_count == before and session.moved) then
            found.complaints[#found.complaints + 1] = "loop_count_kept"
        end
        session.loop_count = message.loop_count
        session.moved = true
    end
    if type == REQ_NEG or type == REQ_SYN or type == NEGOTIATE then
        session.mover = from
    end
    session.ended = session.ended or type == END
    session.last[from] = { id = id, frame = pinfo.number, time = pinfo.rel_ts }
end

-- What is known of this message in its session; found when the message is seen first.
local function track(message, pinfo, ctx)
    local from, to = ends_of(pinfo)
    local id = table.concat({ pinfo.number, ctx.stream or "", message.at, message.type, message.session, ctx.part or "" },
        "|")
    if pinfo.visited or messages[id] then
        return messages[id]
    end
    local found = { complaints = {} }
    messages[id] = found
    local type = message.type
    if (type == DISCOVERY or type == FLOOD) and message.initiator then
        multicast(found, id, type .. "|" .. message.session .. "|" .. message.initiator, pinfo, from)
    elseif type == RESPONSE and message.initiator then
        local request = requests[DISCOVERY .. "|" .. message.session .. "|" .. message.initiator]
        if request then
            respond(found, pinfo, request.by_source[to] or request.any)
        end
    elseif type ~= DISCOVERY and type ~= FLOOD and type ~= RESPONSE and message.session then
        local key = table.concat({ conversation_of(pinfo), ctx.stream or "", message.session }, "|")
        session_step(found, id, message, pinfo, key, from)
    end
    return found
end

local function show_found(found, item, pinfo)
    if not found then
        return
    end
    if found.copy_of then
        item:add(f.copy_of, found.copy_of):set_generated()
    end
    if found.response_to then
        item:add(f.response_to, found.response_to):set_generated()
        local seconds = math.floor(found.time)
        item:add(f.response_time, NSTime.new(seconds, math.floor((found.time - seconds) * 1e9 + 0.5))):set_generated()
    end
    if found.response_in then
        item:add(f.response_in, found.response_in):set_generated()
    end
    for _, complaint in ipairs(found.complaints) do
        complain(item, complaint)
    end
end

-- Messages ---------------------------------------------------------------------------------------------------------

local function range_of(tvb, item)
    return tvb(item.at, item.len)
end

local function content_of(tvb, item)
    return tvb(item.at + item.len - #item.bytes, #item.bytes)
end

local function is_uint(item, max)
    return item and item.major == UNSIGNED and item.argument ~= nil and item.argument <= max
end

local function is_option(item, least, most)
    local first = item and item.major == ARRAY and item.items[1]
    return first and is_uint(first, most) and first.argument >= least and first.argument
end

local function is_null(item)
    return item and item.major == SIMPLE and item.argument == 22 and not item.float
end

-- Adds a number and returns it; complains if the item is something else.
local function add_uint(tvb, tree, field, item, max, what)
    if not item then
        complain(tree, "missing", "There is no " .. what)
        return nil
    elseif not is_uint(item, max) then
        complain(tree:add(f.unknown, range_of(tvb, item), diagnostic(item)), "wrong_type",
            string.format("The %s is not a number of at most %.0f", what, max))
        return nil
    end
    return item.argument, tree:add(field, range_of(tvb, item), item.argument)
end

local function add_unknown(tvb, tree, item, expected)
    local number = is_option(item, 0, 4294967295)
    local line = tree:add(f.unknown, range_of(tvb, item), diagnostic(item))
    if number and OPTIONS[number] then
        line:append_text(" (" .. OPTIONS[number] .. ")")
        complain(line, "extra", OPTIONS[number] .. " does not belong here, or is not as RFC 8990 defines it")
    elseif number then
        complain(line, "unknown_option", string.format("Unknown option %.0f", number))
    elseif not expected then
        complain(line, "extra")
    end
end

local function add_rest(tvb, tree, items, from, expected)
    for i = from, math.min(#items, from + MAX_SHOWN) do
        add_unknown(tvb, tree, items[i], expected)
    end
end

local function add_initiator(tvb, tree, item, message)
    if item and item.major == BYTES and not item.chunked and (#item.bytes == 16 or #item.bytes == 4) then
        message.initiator = hex(item.bytes)
        tree:add(#item.bytes == 16 and f.initiator6 or f.initiator4, content_of(tvb, item))
    elseif item then
        complain(tree:add(f.unknown, range_of(tvb, item), diagnostic(item)), "wrong_type",
            "The initiator is not an address of 4 or 16 bytes")
    else
        complain(tree, "missing", "There is no initiator")
    end
end

local function add_flags(tvb, tree, item)
    local flags, line = add_uint(tvb, tree, f.flags, item, 4294967295, "flags")
    if not flags then
        return nil
    end
    local names = {}
    for i, flag in ipairs(FLAGS) do
        line:add(f.flag[i], range_of(tvb, item), flags % 256)
        if math.floor(flags / flag[1]) % 2 == 1 then
            names[#names + 1] = flag[2]
        end
    end
    line:append_text(#names > 0 and " (" .. table.concat(names, ", ") .. ")" or " (none)")
    local has = function(bit)
        return math.floor(flags / bit) % 2 == 1
    end
    if flags >= 16 then
        complain(line, "unknown_flags")
    end
    if has(2) and has(4) then
        complain(line, "flags_conflict", "Both negotiation and synchronization")
    elseif has(8) and not has(2) then
        complain(line, "flags_conflict", "Dry run without negotiation")
    end
    return flags
end

local function add_value(tvb, tree, item)
    tree:add(f.value, range_of(tvb, item), diagnostic(item))
    if item.major == TAG and item.argument == 24 and item.items[1].major == BYTES then
        local inner = read(item.items[1].bytes, 0)
        if inner and inner.len == #item.items[1].bytes then
            tree:add(f.embedded, range_of(tvb, item), diagnostic(inner))
            return diagnostic(inner)
        end
    end
    return diagnostic(item)
end

-- Shows an objective, and keeps what the session needs in the message.
local function add_objective(tvb, tree, item, message, no_value_allowed)
    if not item then
        complain(tree, "missing", "There is no objective")
        return
    end
    local parts = item.major == ARRAY and item.items
    local name = parts and parts[1]
    if not name or name.major ~= TEXT then
        complain(tree:add(f.unknown, range_of(tvb, item), diagnostic(item)), "wrong_type",
            "The objective is not an array with a name")
        return
    end
    local text = printable(name.bytes)
    local line = tree:add(f.objective, range_of(tvb, item), text)
    message.names[#message.names + 1] = text
    local flags = add_flags(tvb, line, parts[2])
    message.dry = flags and math.floor(flags / 8) % 2 == 1
    local count, count_line = add_uint(tvb, line, f.loop_count, parts[3], 255, "loop count")
    message.loop_count = message.loop_count or count
    if count == 0 and (message.type == NEGOTIATE or message.type == DISCOVERY or message.type == FLOOD) then
        complain(count_line, "loop_count_0")
    end
    if parts[4] then
        message.value = add_value(tvb, line, parts[4])
    elseif not no_value_allowed then
        complain(line, "no_value")
    end
    add_rest(tvb, line, parts, 5)
    return count
end

-- Shows a locator option if it is one, and returns whether it is.
local function add_locator(tvb, tree, item, divert, message)
    local kind = is_option(item, IPV6, URI)
    local parts = kind and item.items
    if not kind or #parts < 4 then
        return false
    end
    local size = kind == IPV6 and 16 or kind == IPV4 and 4
    local place = parts[2]
    if size and (place.major ~= BYTES or place.chunked or #place.bytes ~= size) or not size and place.major ~= TEXT then
        return false
    end
    local line = tree:add(f.option, range_of(tvb, item), kind)
    local text
    if size then
        local field = kind == IPV6 and f.address6 or f.address4
        line:add(field, content_of(tvb, place))
        local address = content_of(tvb, place)
        text = kind == IPV6 and "[" .. tostring(address:ipv6()) .. "]" or tostring(address:ipv4())
    else
        text = printable(place.bytes)
        line:add(kind == FQDN and f.fqdn or f.uri, range_of(tvb, place), text)
    end
    local null_allowed = kind == URI
    local protocol, port
    if null_allowed and is_null(parts[3]) then
        line:add(range_of(tvb, parts[3]), "Transport protocol: null")
    else
        local protocol_line
        protocol, protocol_line = add_uint(tvb, line, f.protocol, parts[3], 4294967295, "transport protocol")
        if protocol and not PROTOCOLS[protocol] then
            complain(protocol_line, "wrong_type", "The transport protocol is neither TCP nor UDP")
        end
    end
    if null_allowed and is_null(parts[4]) then
        line:add(range_of(tvb, parts[4]), "Port: null")
    else
        port = add_uint(tvb, line, f.port, parts[4], 65535, "port")
    end
    add_rest(tvb, line, parts, 5)
    if port then
        text = text .. ":" .. string.format("%.0f", port)
    end
    if protocol then
        text = text .. " " .. (PROTOCOLS[protocol] or string.format("protocol %.0f", protocol))
    end
    line:append_text(", " .. text)
    message.places[#message.places + 1] = text
    if divert then
        if kind == IPV6 and place.bytes:byte(1) == 0xFE and math.floor(place.bytes:byte(2) / 64) == 2 then
            complain(line, "divert", "A divert must not have a link-local address")
        elseif kind == FQDN and text:lower():find("%.local%.?[: ]") then
            complain(line, "divert", "A divert must not have a name of Multicast DNS")
        end
    end
    return true
end

local function add_divert(tvb, tree, item, message)
    local line = tree:add(f.option, range_of(tvb, item), DIVERT)
    local parts = item.items
    if #parts < 2 then
        complain(line, "missing", "There is no locator")
    end
    for i = 2, math.min(#parts, MAX_SHOWN) do
        if not add_locator(tvb, line, parts[i], true, message) then
            add_unknown(tvb, line, parts[i])
        end
    end
    message.diverts = true
end

local bodies = {}

bodies[NOOP] = function(tvb, tree, parts)
    local hello = parts[2] and parts[2].major == ARRAY and parts[2].items
    if hello and hello[1] and hello[1].major == TEXT and hello[1].bytes == "io.grasp.acp" then
        local line = tree:add(f.unknown, range_of(tvb, parts[2]), diagnostic(parts[2]))
        line:set_text("Hello of an ACP neighbor (docs/acp.md)")
        if hello[2] and hello[2].major == BYTES then
            line:add(f.acp_instance, content_of(tvb, hello[2]))
        end
        add_uint(tvb, line, f.acp_port, hello[3], 65535, "port")
        add_uint(tvb, line, f.acp_keepalive, hello[4], 4294967295, "keepalive interval")
        add_rest(tvb, line, hello, 5)
        add_rest(tvb, tree, parts, 3)
        return " hello"
    end
    add_rest(tvb, tree, parts, 2)
    return ""
end

bodies[DISCOVERY] = function(tvb, tree, parts, message)
    add_initiator(tvb, tree, parts[3], message)
    add_objective(tvb, tree, parts[4], message, true)
    add_rest(tvb, tree, parts, 5)
end

bodies[RESPONSE] = function(tvb, tree, parts, message)
    add_initiator(tvb, tree, parts[3], message)
    add_uint(tvb, tree, f.ttl, parts[4], 4294967295, "time to live")
    for i = 5, math.min(#parts, MAX_SHOWN) do
        local part = parts[i]
        if is_option(part, DIVERT, DIVERT) then
            add_divert(tvb, tree, part, message)
        elseif part.major == ARRAY and part.items[1] and part.items[1].major == TEXT then
            add_objective(tvb, tree, part, message, true)
        elseif add_locator(tvb, tree, part, false, message) then
            message.locators = true
        else
            add_unknown(tvb, tree, part)
        end
    end
    if not message.locators and not message.diverts then
        complain(tree, "missing", "There is neither a locator nor a divert")
    elseif message.locators and message.diverts then
        complain(tree, "mixed")
    end
    return (message.diverts and " divert" or "") .. (#message.places > 0 and " " .. message.places[1] or "")
        .. (#message.places > 1 and " and " .. #message.places - 1 .. " more" or "")
end

local function objective_body(tvb, tree, parts, message)
    add_objective(tvb, tree, parts[3], message)
    add_rest(tvb, tree, parts, 4)
    return message.value and " " .. message.value
end

bodies[REQ_NEG] = objective_body
bodies[NEGOTIATE] = objective_body
bodies[SYNCH] = objective_body
bodies[REQ_SYN] = function(...)
    objective_body(...)
end

bodies[END] = function(tvb, tree, parts)
    local option = parts[3]
    local kind = is_option(option, ACCEPT, DECLINE)
    local text = ""
    if kind then
        local line = tree:add(f.option, range_of(tvb, option), kind)
        text = " " .. OPTIONS[kind]
        local reason = kind == DECLINE and option.items[2]
        if reason and reason.major == TEXT then
            line:add(f.reason, range_of(tvb, reason), printable(reason.bytes))
            text = text .. ' "' .. printable(reason.bytes) .. '"'
        elseif reason then
            complain(line:add(f.unknown, range_of(tvb, reason), diagnostic(reason)), "wrong_type",
                "The reason is not text")
        end
        add_rest(tvb, line, option.items, kind == DECLINE and 3 or 2)
    elseif option then
        complain(tree:add(f.unknown, range_of(tvb, option), diagnostic(option)), "wrong_type",
            "The option is neither O_ACCEPT nor O_DECLINE")
    else
        complain(tree, "missing", "There is neither O_ACCEPT nor O_DECLINE")
    end
    add_rest(tvb, tree, parts, 4)
    return text
end

bodies[WAIT] = function(tvb, tree, parts)
    local time = add_uint(tvb, tree, f.wait, parts[3], 4294967295, "waiting time")
    add_rest(tvb, tree, parts, 4)
    return time and string.format(" %.0f ms", time)
end

local function add_flooded(tvb, tree, item, message)
    local pair = item.items
    local count = add_objective(tvb, tree, pair[1], message)
    local place = pair[2]
    if not place then
        complain(tree, "missing", "There is neither a locator nor an empty array")
    elseif place.major == ARRAY and #place.items == 0 then
        tree:add(f.no_locator, range_of(tvb, place))
    elseif not add_locator(tvb, tree, place, false, message) then
        add_unknown(tvb, tree, place)
    end
    add_rest(tvb, tree, pair, 3)
    return count
end

bodies[FLOOD] = function(tvb, tree, parts, message)
    add_initiator(tvb, tree, parts[3], message)
    add_uint(tvb, tree, f.ttl, parts[4], 4294967295, "time to live")
    local flooded = 0
    for i = 5, math.min(#parts, MAX_SHOWN) do
        local part = parts[i]
        local first = part.major == ARRAY and part.items[1]
        if first and first.major == ARRAY then
            local count = add_flooded(tvb, tree, part, message)
            if flooded == 0 and count and count ~= 1 and message.initiator and message.initiator:find("^fe[89ab]")
                and #message.initiator == 32 then
                complain(tree, "link_local_flood")
            end
            flooded = flooded + 1
        else
            add_unknown(tvb, tree, part)
        end
    end
    if flooded == 0 then
        complain(tree, "missing", "There is no objective")
    end
end

bodies[INVALID] = function(tvb, tree, parts)
    local content = parts[3]
    if content then
        local line = tree:add(f.content, range_of(tvb, content), diagnostic(content))
        if content.major == BYTES then
            local inner = read(content.bytes, 0)
            local type = inner and inner.major == ARRAY and inner.items[1]
            if type and is_uint(type, 255) then
                line:append_text(", " .. (TYPES[type.argument] or "M_" .. string.format("%.0f", type.argument)) .. ": "
                    .. diagnostic(inner))
            end
        end
    end
    add_rest(tvb, tree, parts, 4)
end

local MULTICAST = { [NOOP] = true, [DISCOVERY] = true, [FLOOD] = true }

-- Shows a message, and returns its line for the column Info.
local function dissect_message(tvb, item, pinfo, root, ctx)
    local tree = root:add(grasp, range_of(tvb, item))
    local parts = item.major == ARRAY and item.items
    local type = parts and parts[1]
    if not is_uint(type, 255) then
        tree:add(f.item, range_of(tvb, item), diagnostic(item))
        if parts then
            complain(tree, "not_a_message", "The message type is not a number of at most 255")
        elseif ctx.kind == "udp" then
            complain(tree, "not_a_message")
        end
        tree:append_text(": CBOR item")
        return "CBOR item"
    end
    local message = { type = type.argument, at = item.at, names = {}, places = {} }
    local name = TYPES[message.type] or "M_" .. string.format("%.0f", message.type)
    local type_line = tree:add(f.type, range_of(tvb, type), message.type)
    if message.type ~= NOOP then
        message.session = add_uint(tvb, tree, f.session, parts[2], 4294967295, "Session ID")
    end
    local body = bodies[message.type]
    local text
    if body then
        text = body(tvb, tree, parts, message)
    else
        complain(type_line, "unknown_message")
        add_rest(tvb, tree, parts, 3, true)
    end
    local summary = name
    if #message.names > 0 then
        local shown = {}
        for i = 1, math.min(#message.names, 5) do
            shown[i] = message.names[i]
        end
        summary = summary .. " " .. table.concat(shown, ", ") .. (#message.names > 5 and ", ..." or "")
    end
    if text then
        summary = summary .. text
    end
    if #summary > 120 then
        summary = summary:sub(1, 120):gsub("[\128-\191]*$", ""):gsub("[\192-\255]$", "") .. "..."
    end
    tree:append_text(": " .. summary .. (message.session and string.format(", session %.0f", message.session) or ""))

    if ctx.kind == "udp" then
        local allowed = MULTICAST[message.type] or message.type == RESPONSE and not ctx.multicast
        if body and not allowed then
            complain(tree, "wrong_transport")
        end
        if ctx.version == 6 and item.len > 1232 then
            complain(tree, "fragments")
        end
    end
    if item.len > 2048 then
        complain(tree, "too_long")
    end
    if message.session then
        show_found(track(message, pinfo, ctx), tree, pinfo)
    end
    return summary
end

-- Columns ----------------------------------------------------------------------------------------------------------

-- Counts within the dissection of a frame, which may call this file several times.
local function next_in_frame(pinfo, what)
    local count = (tonumber(pinfo.private[what]) or 0) + 1
    pinfo.private[what] = tostring(count)
    return count
end

local function show_info(pinfo, protocol, text)
    local count = next_in_frame(pinfo, "grasp_info")
    if count == 1 then
        pinfo.cols.protocol:set(protocol)
        pinfo.cols.info:set(text)
    elseif count <= 10 then
        if protocol == "GRASP" then
            pinfo.cols.protocol:set(protocol)
        end
        pinfo.cols.info:append("; " .. text)
    end
end

local function show_broken(tvb, at, why, where, pinfo, root)
    local rest = tvb(at)
    local tree = root:add(grasp, rest)
    local line = tree:add(f.data, rest)
    if tvb:reported_len() > tvb:len() and why == MORE then
        complain(line, "cut")
    elseif why == COMPLEX then
        complain(line, "too_complex")
    else
        complain(line, "malformed", string.format("Not well-formed CBOR: %s, at byte %d", why, where - at))
    end
    tree:append_text(": malformed")
    show_info(pinfo, "GRASP", "Malformed: " .. why)
end

-- Shows the messages in a part of a stream, and returns the offset of the first incomplete one.
-- Second result: whether bytes were found that are not CBOR.
local function dissect_messages(tvb, pinfo, root, ctx)
    local data = tvb:raw()
    local at, count = 0, 0
    while at < #data do
        local item, why, where = read(data, at)
        if not item then
            if why == MORE and ctx.more and #data - at < grasp.prefs.max_bytes then
                return at, false
            end
            show_broken(tvb, at, why, where, pinfo, root)
            return #data, true
        end
        count = count + 1
        if count <= MAX_SHOWN then
            show_info(pinfo, "GRASP", dissect_message(tvb, item, pinfo, root, ctx))
        end
        at = at + item.len
    end
    return at, false
end

-- Whether bytes begin as a message does; noop: also if they are only an M_NOOP.
local function begins_message(data, noop)
    local first = data:byte(1)
    if not first or first < 0x81 or first > 0x99 and first ~= 0x9F then -- an array that is not empty and not huge
        return false
    end
    local at = first == 0x98 and 2 or first == 0x99 and 3 or 1
    local function number()
        local item = read(data, at)
        if not item or item.major ~= UNSIGNED or item.big then
            return nil
        end
        at = at + item.len
        return item.argument
    end
    local type = number()
    if not type or type > 255 then
        return false
    end
    if type == NOOP then
        return noop and (data:sub(1, 2) == "\129\0" or data:byte(at + 1) == 0x84)
    end
    local session = number()
    if not session or session > 4294967295 then
        return false
    end
    local head, next_head = data:byte(at + 1, at + 2)
    if type == INVALID then
        return head == nil and first == 0x82 or head ~= nil and first == 0x83
    elseif not head then
        return false
    elseif type == DISCOVERY or type == RESPONSE or type == FLOOD then
        local size = head == 0x50 and 16 or head == 0x44 and 4
        local after = size and data:byte(at + 2 + size)
        return size and (not after or math.floor(after / 32) == (type == DISCOVERY and ARRAY or UNSIGNED)) or false
    elseif type == WAIT then
        return math.floor(head / 32) == UNSIGNED
    elseif type == END then
        return math.floor(head / 32) == ARRAY and (not next_head or next_head == 0x18)
    elseif TYPES[type] then
        return math.floor(head / 32) == ARRAY and (not next_head or math.floor(next_head / 32) == TEXT)
    end
    return false
end

-- UDP --------------------------------------------------------------------------------------------------------------

-- Addresses are compared as such: their text may be a resolved name.
local ANY6, MULTICAST6 = Address.ipv6("::"), Address.ipv6("ff00::")
local MULTICAST4, RESERVED4 = Address.ip("224.0.0.0"), Address.ip("240.0.0.0")

local function is_multicast(address)
    return address >= MULTICAST6 or address >= MULTICAST4 and address < RESERVED4
end

local function dissect_datagram(tvb, pinfo, root)
    local data = tvb:raw()
    local ctx = {
        kind = "udp",
        multicast = is_multicast(pinfo.dst),
        version = pinfo.dst >= ANY6 and 6 or 4,
    }
    local first = data:byte(1)
    if not first then
        return 0
    end
    local item = read(data, 0)
    local whole = item and item.len == #data or begins_message(data, true)
    if not whole and #data % 16 == 0 then
        local tree = root:add(grasp, tvb())
        complain(tree:add(f.data, tvb()), "encrypted")
        tree:append_text(": not CBOR")
        show_info(pinfo, "GRASP", "Not CBOR, perhaps encrypted with QUADS")
        return tvb:len()
    end
    dissect_messages(tvb, pinfo, root, ctx)
    return tvb:len()
end

-- TCP and TLS ------------------------------------------------------------------------------------------------------

local function dissect_stream(tvb, pinfo, root, ctx)
    ctx.more = pinfo.can_desegment > 0
    local stopped = dissect_messages(tvb, pinfo, root, ctx)
    if stopped < tvb:len() then
        pinfo.desegment_offset = stopped
        pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT or 0x0fffffff
    end
    return tvb:len()
end

-- A frame of known length at an offset: true if it is complete; otherwise more bytes are requested.
local function is_whole(tvb, at, need, pinfo)
    if tvb:len() - at >= need then
        return true
    end
    if pinfo.can_desegment > 0 then
        pinfo.desegment_offset = at
        pinfo.desegment_len = need - (tvb:len() - at)
    end
    return false
end

-- Messages of a link (docs/overlay.md) -----------------------------------------------------------------------------

local KINDS = { [0] = "hello", [1] = "message", [2] = "flags", [3] = "closing", [4] = "renew" }

local l = {
    length = ProtoField.uint32("grasp_link.length", "Length", base.DEC),
    kind = ProtoField.uint8("grasp_link.kind", "Kind", base.DEC, KINDS),
    version = ProtoField.uint8("grasp_link.version", "Version", base.DEC),
    instance = ProtoField.bytes("grasp_link.instance", "Instance ID"),
    port = ProtoField.uint16("grasp_link.port", "Port of the node", base.DEC),
    wants = ProtoField.bool("grasp_link.flags.wants", "Wants the receiver as its neighbor", 8, nil, 1),
    accepts = ProtoField.bool("grasp_link.flags.accepts", "Accepts to be its neighbor", 8, nil, 2),
    rest = ProtoField.bytes("grasp_link.unknown", "Unknown bytes"),
}
link.fields = { l.length, l.kind, l.version, l.instance, l.port, l.wants, l.accepts, l.rest }
local le = {
    short = ProtoExpert.new("grasp_link.short", "A link message is too short", MALFORMED, ERROR),
    unknown = ProtoExpert.new("grasp_link.unknown_kind", "Unknown kind: receivers ignore it", expert.group.UNDECODED, NOTE),
    long = ProtoExpert.new("grasp_link.too_long", "A link message is longer than the setting allows", MALFORMED, ERROR),
}
link.experts = { le.short, le.unknown, le.long }

-- Shows a link message without its length, and returns its line for the column Info.
local function dissect_link_message(tvb, pinfo, root, tree)
    local kind = tvb(0, 1):uint()
    local line = tree:add(l.kind, tvb(0, 1))
    local name = KINDS[kind] or "kind " .. kind
    tree:append_text(": " .. name)
    local length = tvb:len()
    local known = 1
    if kind == 0 then
        if length < 20 then
            line:add_proto_expert_info(le.short)
            return "Link " .. name
        end
        tree:add(l.version, tvb(1, 1))
        tree:add(l.instance, tvb(2, 16))
        tree:add(l.port, tvb(18, 2))
        known = 20
    elseif kind == 1 then
        if length == 1 then
            line:add_proto_expert_info(le.short)
            return "Link " .. name
        end
        dissect_messages(tvb(1):tvb(), pinfo, root, { kind = "link", part = next_in_frame(pinfo, "grasp_part") })
        return nil
    elseif kind == 2 then
        if length < 2 then
            line:add_proto_expert_info(le.short)
            return "Link " .. name
        end
        tree:add(l.wants, tvb(1, 1))
        tree:add(l.accepts, tvb(1, 1))
        local flags = tvb(1, 1):uint()
        name = name .. (flags % 2 == 1 and " wants" or "") .. (flags % 4 >= 2 and " accepts" or "")
        known = 2
    elseif not KINDS[kind] then
        line:add_proto_expert_info(le.unknown)
    end
    if length > known then
        tree:add(l.rest, tvb(known))
    end
    return "Link " .. name
end

-- io.grasp.link/1: each link message after its length.
function link.dissector(tvb, pinfo, root)
    local at = 0
    while at < tvb:len() do
        if not is_whole(tvb, at, 4, pinfo) then
            return tvb:len()
        end
        local length = tvb(at, 4):uint()
        if length > grasp.prefs.max_bytes then
            local tree = root:add(link, tvb(at))
            tree:add(l.length, tvb(at, 4)):add_proto_expert_info(le.long)
            show_info(pinfo, "GRASP_LINK", "Link message too long")
            return tvb:len()
        end
        if not is_whole(tvb, at, 4 + length, pinfo) then
            return tvb:len()
        end
        local tree = root:add(link, tvb(at, 4 + length))
        tree:add(l.length, tvb(at, 4))
        local text = "Link sign of life"
        if length == 0 then
            tree:append_text(": sign of life")
        else
            text = dissect_link_message(tvb(at + 4, length):tvb(), pinfo, root, tree)
        end
        if text then
            show_info(pinfo, "GRASP_LINK", text)
        end
        at = at + 4 + length
    end
    return tvb:len()
end

-- Streams in a connection (docs/multiplexing.md) -------------------------------------------------------------------

local FRAMES = { [0] = "DATA", [1] = "RESET", [2] = "CREDIT", [3] = "MESSAGE", [4] = "PING", [5] = "GOAWAY" }
local RESETS = { [1] = "aborted", [2] = "refused", [3] = "closed" }
local ERRORS = {
    [0] = "none", [1] = "BAD_PREFACE", [2] = "UNSUPPORTED_VERSION", [3] = "BAD_LENGTH", [4] = "UNKNOWN_TYPE",
    [5] = "BAD_STREAM", [6] = "DATA_AFTER_END", [7] = "CREDIT_EXCEEDED", [8] = "BAD_CREDIT", [9] = "MESSAGE_TOO_LONG",
    [10] = "FLOOD", [11] = "REPLIES_NOT_READ",
}
local ROLES = { [0] = "initiator", [1] = "acceptor" }
local MAX_FRAME = 8192
local MAGIC = "GRASPMUX"

local m = {
    magic = ProtoField.string("grasp_mux.magic", "Magic"),
    version = ProtoField.uint8("grasp_mux.version", "Version", base.DEC),
    role = ProtoField.uint8("grasp_mux.role", "Role", base.DEC, ROLES),
    window = ProtoField.uint32("grasp_mux.window", "First credit of a stream in bytes", base.DEC),
    streams = ProtoField.uint32("grasp_mux.streams", "Streams that the peer may have open", base.DEC),
    message = ProtoField.uint32("grasp_mux.message", "Longest link message in bytes", base.DEC),
    type = ProtoField.uint8("grasp_mux.type", "Frame type", base.DEC, FRAMES),
    flags = ProtoField.uint8("grasp_mux.flags", "Flags", base.HEX),
    open = ProtoField.bool("grasp_mux.flags.open", "OPEN", 8, nil, 1),
    done = ProtoField.bool("grasp_mux.flags.end", "END", 8, nil, 2),
    ack = ProtoField.bool("grasp_mux.flags.ack", "ACK", 8, nil, 1),
    last = ProtoField.bool("grasp_mux.flags.done", "DONE", 8, nil, 1),
    length = ProtoField.uint16("grasp_mux.length", "Length", base.DEC),
    stream = ProtoField.uint32("grasp_mux.stream", "Stream", base.DEC),
    reset = ProtoField.uint32("grasp_mux.reset", "Code", base.DEC, RESETS),
    credit = ProtoField.uint32("grasp_mux.credit", "Bytes granted", base.DEC),
    ping = ProtoField.bytes("grasp_mux.ping", "Payload"),
    last_stream = ProtoField.uint32("grasp_mux.last_stream", "Last stream", base.DEC),
    code = ProtoField.uint32("grasp_mux.code", "Code", base.DEC, ERRORS),
    data = ProtoField.bytes("grasp_mux.data", "Data"),
}
do
    local all = {}
    for _, field in pairs(m) do
        all[#all + 1] = field
    end
    mux.fields = all
end
local me = {
    length = ProtoExpert.new("grasp_mux.bad_length", "The length does not suit the type", MALFORMED, ERROR),
    type = ProtoExpert.new("grasp_mux.unknown_type", "Reserved frame type", MALFORMED, ERROR),
    extension = ProtoExpert.new("grasp_mux.extension", "Unknown frame: receivers ignore it", expert.group.UNDECODED, NOTE),
    stream = ProtoExpert.new("grasp_mux.bad_stream", "The stream does not suit the type", PROTOCOL, ERROR),
    preface = ProtoExpert.new("grasp_mux.bad_preface", "Unknown version, or a limit out of range", PROTOCOL, ERROR),
    goaway = ProtoExpert.new("grasp_mux.violation", "The peer has violated a rule", PROTOCOL, WARN),
    left = ProtoExpert.new("grasp_mux.incomplete", "The stream ends in a message", PROTOCOL, WARN),
}
mux.experts = { me.length, me.type, me.extension, me.stream, me.preface, me.goaway, me.left }

local BROKEN = {} -- in place of pending bytes

-- The bytes of a stream that were pending before this frame, or BROKEN, or nil.
local function take_pending(pinfo, id)
    local chunk = pinfo.number .. "|" .. next_in_frame(pinfo, "grasp_chunk")
    if not pinfo.visited then
        carried[chunk] = pending[id]
        pending[id] = nil
    end
    return carried[chunk]
end

local function stream_id(conversation, from, stream)
    return table.concat({ conversation, from, stream }, "|")
end

-- The pending bytes and a payload; nil if the stream cannot be followed any more.
local function with_pending(payload, pinfo, id)
    local before = take_pending(pinfo, id)
    if before == BROKEN then
        return nil
    elseif not before then
        return payload
    end
    return ByteArray.new(before .. payload:raw(), true):tvb("Reassembled GRASP")
end

local function keep_pending(pinfo, id, bytes)
    if not pinfo.visited then
        pending[id] = bytes
    end
end

-- Returns whether something was shown in the column Info.
local function dissect_stream_data(payload, pinfo, root, tree, id, stream, ended)
    local bytes = with_pending(payload, pinfo, id)
    if not bytes then
        keep_pending(pinfo, id, not ended and BROKEN or nil)
        tree:add(m.data, payload())
        return false
    end
    local ctx = {
        kind = "mux",
        stream = tostring(stream),
        more = not ended,
        part = next_in_frame(pinfo, "grasp_part"),
    }
    local stopped, broken = dissect_messages(bytes, pinfo, root, ctx)
    if broken then
        keep_pending(pinfo, id, not ended and BROKEN or nil)
    elseif stopped < bytes:len() then
        tree:append_text(", a part of a message")
        keep_pending(pinfo, id, bytes:raw(stopped))
    end
    return broken or stopped > 0
end

local function dissect_link_part(payload, pinfo, root, tree, id, ended)
    local bytes = with_pending(payload, pinfo, id)
    if not bytes then
        keep_pending(pinfo, id, not ended and BROKEN or nil)
        tree:add(m.data, payload())
        return nil
    elseif not ended and bytes:len() > grasp.prefs.max_bytes then
        keep_pending(pinfo, id, BROKEN)
        tree:add_proto_expert_info(me.length)
        return nil
    elseif not ended then
        keep_pending(pinfo, id, bytes:raw())
        tree:append_text(", a part of a message")
        return "Link message, a part"
    end
    local line = root:add(link, bytes())
    return dissect_link_message(bytes, pinfo, root, line)
end

local function dissect_preface(tvb, pinfo, root)
    local tree = root:add(mux, tvb(0, 24))
    tree:append_text(": preface")
    tree:add(m.magic, tvb(0, 8))
    local version = tree:add(m.version, tvb(8, 1))
    local role = tree:add(m.role, tvb(9, 1))
    local window = tree:add(m.window, tvb(12, 4))
    tree:add(m.streams, tvb(16, 4))
    local message = tree:add(m.message, tvb(20, 4))
    if tvb(8, 1):uint() ~= 1 then
        version:add_proto_expert_info(me.preface)
    end
    if tvb(9, 1):uint() > 1 then
        role:add_proto_expert_info(me.preface)
    end
    if tvb(12, 4):uint() < 2048 or tvb(12, 4):uint() > 2147483647 then
        window:add_proto_expert_info(me.preface)
    end
    if tvb(20, 4):uint() < 2048 or tvb(20, 4):uint() > 2147483647 then
        message:add_proto_expert_info(me.preface)
    end
    show_info(pinfo, "GRASP_MUX", "Preface of the " .. (ROLES[tvb(9, 1):uint()] or "peer"))
end

local LENGTHS = { [1] = 4, [2] = 4, [4] = 8, [5] = 8 }

local function dissect_frame(tvb, pinfo, root, length)
    local type, flags, stream = tvb(0, 1):uint(), tvb(1, 1):uint(), tvb(4, 4):uint()
    local tree = root:add(mux, tvb(0, 8 + length))
    local name = FRAMES[type] or "frame of type " .. type
    local type_line = tree:add(m.type, tvb(0, 1))
    local flags_line = tree:add(m.flags, tvb(1, 1))
    local marks = ""
    local function mark(field, bit, word)
        flags_line:add(field, tvb(1, 1))
        if math.floor(flags / bit) % 2 == 1 then
            marks = marks .. " " .. word
        end
    end
    if type == 0 then
        mark(m.open, 1, "OPEN")
    end
    if type == 0 or type == 3 then
        mark(m.done, 2, "END")
    elseif type == 4 then
        mark(m.ack, 1, "ACK")
    elseif type == 5 then
        mark(m.last, 1, "DONE")
    end
    local length_line = tree:add(m.length, tvb(2, 2))
    local stream_line = tree:add(m.stream, tvb(4, 4))
    local text = name .. (stream > 0 and " " .. stream or "") .. marks
    tree:append_text(": " .. text)
    if type > 5 and type < 128 then
        type_line:add_proto_expert_info(me.type)
    elseif type >= 128 then
        type_line:add_proto_expert_info(me.extension)
    elseif (type <= 2) ~= (stream ~= 0) then
        stream_line:add_proto_expert_info(me.stream)
    end
    if LENGTHS[type] and LENGTHS[type] ~= length then
        length_line:add_proto_expert_info(me.length)
        type = -1
    end
    local from, to = ends_of(pinfo)
    local conversation = conversation_of(pinfo)
    local payload = length > 0 and tvb(8, length):tvb()
    local ended = math.floor(flags / 2) % 2 == 1
    if type == 0 then
        local id = stream_id(conversation, from, stream)
        if not payload then
            if ended and take_pending(pinfo, id) then
                tree:add_proto_expert_info(me.left)
            end
            show_info(pinfo, "GRASP_MUX", text)
        elseif not dissect_stream_data(payload, pinfo, root, tree, id, stream, ended) then
            show_info(pinfo, "GRASP_MUX", text .. ", a part of a message")
        end
    elseif type == 1 then
        tree:add(m.reset, tvb(8, 4))
        keep_pending(pinfo, stream_id(conversation, from, stream), nil)
        keep_pending(pinfo, stream_id(conversation, to, stream), nil)
        show_info(pinfo, "GRASP_MUX", text)
    elseif type == 2 then
        tree:add(m.credit, tvb(8, 4))
        show_info(pinfo, "GRASP_MUX", text)
    elseif type == 3 then
        local id = stream_id(conversation, from, "link")
        local line = payload and dissect_link_part(payload, pinfo, root, tree, id, ended)
        if not payload then
            length_line:add_proto_expert_info(me.length)
        elseif line then
            show_info(pinfo, "GRASP_LINK", line)
        end
    elseif type == 4 then
        tree:add(m.ping, tvb(8, 8))
        show_info(pinfo, "GRASP_MUX", text)
    elseif type == 5 then
        tree:add(m.last_stream, tvb(8, 4))
        local code = tree:add(m.code, tvb(12, 4))
        if tvb(12, 4):uint() ~= 0 then
            code:add_proto_expert_info(me.goaway)
        end
        show_info(pinfo, "GRASP_MUX", text .. " " .. (ERRORS[tvb(12, 4):uint()] or ""))
    else
        if payload then
            tree:add(m.data, payload())
        end
        show_info(pinfo, "GRASP_MUX", text)
    end
end

function mux.dissector(tvb, pinfo, root)
    local at = 0
    while at < tvb:len() do
        local left = tvb:len() - at
        local magic = tvb:raw(at, math.min(left, #MAGIC))
        if magic == MAGIC:sub(1, #magic) then
            if not is_whole(tvb, at, 24, pinfo) then
                return tvb:len()
            end
            dissect_preface(tvb(at, 24):tvb(), pinfo, root)
            at = at + 24
        else
            if not is_whole(tvb, at, 8, pinfo) then
                return tvb:len()
            end
            local length = tvb(at + 2, 2):uint()
            if length > MAX_FRAME then
                local tree = root:add(mux, tvb(at))
                tree:add(m.length, tvb(at + 2, 2)):add_proto_expert_info(me.length)
                show_info(pinfo, "GRASP_MUX", "Frame too long")
                return tvb:len()
            end
            if not is_whole(tvb, at, 8 + length, pinfo) then
                return tvb:len()
            end
            dissect_frame(tvb(at, 8 + length):tvb(), pinfo, root, length)
            at = at + 8 + length
        end
    end
    return tvb:len()
end

-- Where GRASP is found ---------------------------------------------------------------------------------------------

-- A record of TLS 1.0 to 1.3 with a ClientHello. No message and no frame begins so.
local function is_client_hello(tvb)
    return tvb:len() > 5 and tvb(0, 2):uint() == 0x1603 and tvb(2, 1):uint() <= 4 and tvb(5, 1):uint() == 1
end

-- What the next bytes on GRASP's port belong to, or nil. If only the ports of the connection are known, it may be a new
-- one, after one that carried something else.
local function content_of_stream(tvb, before)
    if tvb:len() >= #MAGIC and tvb:raw(0, #MAGIC) == MAGIC then
        return "mux" -- within TLS, and its ALPN name could not be read
    elseif is_client_hello(tvb) then
        return nil
    elseif before then
        return before
    end
    local first = tvb(0, 1):uint()
    return first > 0x80 and first < 0xA0 and "messages" or nil
end

-- By port, by ALPN name, or for a connection that was recognized before.
function grasp.dissector(tvb, pinfo, root)
    if tvb:len() == 0 then
        return 0
    elseif pinfo.port_type == UDP then
        return dissect_datagram(tvb, pinfo, root)
    end
    local known = carries[pinfo.number]
    if not pinfo.visited then
        local conversation = conversation_of(pinfo)
        known = content_of_stream(tvb, claimed[conversation])
        claimed[conversation] = known
        carries[pinfo.number] = known
    end
    if not known then
        return 0 -- TLS on the same port, or something else
    elseif known == "mux" then
        return mux.dissector(tvb, pinfo, root)
    end
    return dissect_stream(tvb, pinfo, root, { kind = "tcp" })
end

local function looks_like_grasp(tvb)
    return grasp.prefs.any_port and begins_message(tvb:raw(0, math.min(tvb:len(), 64)), false)
end

grasp:register_heuristic("udp", function(tvb, pinfo, root)
    if not looks_like_grasp(tvb) or not read(tvb:raw(), 0) then
        return false
    end
    dissect_datagram(tvb, pinfo, root)
    return true
end)

grasp:register_heuristic("tcp", function(tvb, pinfo, root)
    if not looks_like_grasp(tvb) then
        return false
    end
    claimed[conversation_of(pinfo)] = "messages"
    carries[pinfo.number] = "messages"
    pinfo.conversation = grasp
    dissect_stream(tvb, pinfo, root, { kind = "tcp" })
    return true
end)

grasp:register_heuristic("tls", function(tvb, pinfo, root)
    if not looks_like_grasp(tvb) then
        return false
    end
    dissect_stream(tvb, pinfo, root, { kind = "tcp" })
    return true
end)

local tables = { DissectorTable.get("udp.port"), DissectorTable.get("tcp.port"), DissectorTable.get("tls.port") }
local ports_in_use = PORTS
for i, each in ipairs(tables) do
    each:add(PORTS, grasp)
    if i > 1 then
        each:add_for_decode_as(link)
        each:add_for_decode_as(mux)
    end
end

function grasp.prefs_changed()
    local ports = grasp.prefs.ports
    if ports == ports_in_use then
        return
    end
    for _, each in ipairs(tables) do
        if ports_in_use ~= "" then
            each:remove(ports_in_use, grasp)
        end
        if ports ~= "" then
            each:add(ports, grasp)
        end
    end
    ports_in_use = ports
end

local alpn = DissectorTable.get("tls.alpn")
alpn:add("grasp", grasp)
alpn:add("io.grasp.link/1", link)
alpn:add("io.grasp.mux/1", mux)
