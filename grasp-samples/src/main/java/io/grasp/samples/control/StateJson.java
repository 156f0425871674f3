package io.grasp.samples.control;

import io.grasp.host.HostedAsaInfo;
import io.grasp.inspection.AsaEntry;
import io.grasp.inspection.ConnectionEntry;
import io.grasp.inspection.DiscoveryEntry;
import io.grasp.inspection.DropCount;
import io.grasp.inspection.FloodEntry;
import io.grasp.inspection.ForgottenPeer;
import io.grasp.inspection.LimitUse;
import io.grasp.inspection.LinkEntry;
import io.grasp.inspection.NeighborEntry;
import io.grasp.inspection.NodeStatus;
import io.grasp.inspection.ObjectiveEntry;
import io.grasp.inspection.Page;
import io.grasp.inspection.RefusedPeer;
import io.grasp.inspection.RelayState;
import io.grasp.inspection.SessionEntry;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.IdentityStatus;
import io.grasp.model.LinkInfo;
import io.grasp.model.Peer;
import io.grasp.observe.EngineLoad;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** The JSON of a node's state. Members have the names of the components of the records. */
final class StateJson {
    private StateJson() {}

    /** {@return a page of a list} */
    static <T> byte[] page(Page<T> page, BiConsumer<JsonWriter, T> entry) {
        return JsonWriter.object(
                json -> json.objects("entries", page.entries(), entry).text("next", page.next()));
    }

    /** {@return a list that is always whole, in the form of a page} */
    static <T> byte[] list(List<T> entries, BiConsumer<JsonWriter, T> entry) {
        return page(new Page<>(entries, Optional.empty()), entry);
    }

    /** @param withKeyFingerprint whether the fingerprint of the shared key is shown */
    static void status(JsonWriter json, NodeStatus status, boolean withKeyFingerprint) {
        json.text("version", status.version())
                .time("started", status.started())
                .millis("upTime", status.upTime())
                .millis("now", status.now())
                .time("time", status.time())
                .flag("closing", status.closing())
                .text("substrate", status.substrate())
                .texts("dull", status.dull())
                .constant("security", status.security())
                .flag("permitsGrasp", status.permitsGrasp())
                .text("keyFingerprint", status.keyFingerprint().filter(present -> withKeyFingerprint))
                .object("identity", status.identity(), StateJson::identity)
                .objects(
                        "findings",
                        status.findings(),
                        (finding, value) ->
                                finding.constant("check", value.check()).text("sentence", value.sentence()))
                .objects("refused", status.refused(), StateJson::refused)
                .object(
                        "locators",
                        locators -> locators.number("port", status.locators().port())
                                .address("initiator", status.locators().initiator())
                                .objects(
                                        "links",
                                        status.locators().links(),
                                        (link, value) -> link.text("name", value.name())
                                                .number("index", value.index())
                                                .locator("locator", Optional.of(value.locator()))
                                                .locator("linkLocal", Optional.of(value.linkLocal()))))
                .objects(
                        "instances",
                        status.instances(),
                        (instance, value) -> instance.number("port", value.port())
                                .texts("links", value.links())
                                .texts("dull", value.dull())
                                .constant("security", value.security()))
                .object("load", load -> load(load, status.load()))
                .object("counts", counts -> counts(counts, status.counts()))
                .object("totals", totals -> totals(totals, status.totals()));
    }

    private static void refused(JsonWriter json, RefusedPeer refused) {
        json.address("peer", refused.peer())
                .identity("identity", refused.identity())
                .constant("reason", refused.reason())
                .text("detail", refused.detail())
                .number("count", refused.count())
                .millis("last", refused.last());
    }

    private static void load(JsonWriter json, EngineLoad load) {
        json.number("sessions", load.sessions())
                .number("deadlines", load.deadlines())
                .number("channels", load.channels())
                .number("waitingConnections", load.waitingConnections());
    }

    private static void counts(JsonWriter json, NodeStatus.Counts counts) {
        json.number("asas", counts.asas())
                .number("objectives", counts.objectives())
                .number("discoveries", counts.discoveries())
                .number("floods", counts.floods())
                .number("sessions", counts.sessions())
                .number("connections", counts.connections())
                .number("links", counts.links())
                .number("neighbors", counts.neighbors())
                .number("neighborsOnThisHost", counts.neighborsOnThisHost())
                .number("drops", counts.drops())
                .number("watchers", counts.watchers());
    }

    private static void totals(JsonWriter json, NodeStatus.Totals totals) {
        json.number("sessions", totals.sessions())
                .number("messagesReceived", totals.messagesReceived())
                .number("messagesSent", totals.messagesSent());
    }

    static void identity(JsonWriter json, IdentityStatus identity) {
        json.flag("good", identity.good())
                .flag("stale", identity.stale())
                .texts("problems", identity.problems())
                .text("nodeName", Optional.ofNullable(identity.nodeName()).map(Object::toString))
                .text("fingerprint", identity.fingerprint())
                .time("notBefore", identity.notBefore())
                .time("notAfter", identity.notAfter())
                .constant("expiry", identity.expiry());
    }

    static void asa(JsonWriter json, AsaEntry asa) {
        json.text("name", asa.name())
                .millis("age", asa.age())
                .texts("objectives", asa.objectives())
                .number("sessions", asa.sessions())
                .number("activities", asa.activities())
                .object(
                        "limits",
                        limits -> limits.bound("objectives", asa.limits().objectives(), Integer.MAX_VALUE)
                                .bound("sessions", asa.limits().sessions(), Integer.MAX_VALUE));
    }

    /** The manifest of a hosted ASA, and its state. */
    static void hosted(JsonWriter json, HostedAsaInfo asa) {
        json.text("name", asa.name())
                .text("version", asa.version())
                .constant("state", asa.state())
                .text("detail", asa.detail())
                .millis("since", asa.since())
                .text("description", asa.description())
                .texts("needs", asa.needs())
                .texts("objectives", asa.objectives())
                .objects(
                        "parameters",
                        asa.parameters(),
                        (parameter, value) -> parameter
                                .text("name", value.name())
                                .text("type", value.type())
                                .text("value", value.value())
                                .text("source", value.source())
                                .text("initial", value.initial())
                                .text("bounds", value.bounds())
                                .text("description", value.description()))
                .flag("exclusive", asa.exclusive())
                .text("origin", asa.origin())
                .text("sha256", asa.sha256())
                .number("starts", asa.starts())
                .objects(
                        "failures",
                        List.copyOf(new TreeMap<>(asa.failures()).entrySet()),
                        (failure, value) ->
                                failure.constant("kind", value.getKey()).number("count", value.getValue()))
                .number("tasks", asa.work().tasks())
                .millis("busy", asa.work().busy())
                .number("waitingTasks", asa.work().waiting())
                .millis("running", asa.work().running())
                .number("allocatedBytes", asa.allocated())
                .text("lastFailure", asa.lastFailure());
    }

    static void objective(JsonWriter json, ObjectiveEntry objective) {
        json.text("name", objective.name())
                .text("asa", objective.asa())
                .millis("age", objective.age())
                .flags(objective.flags())
                .number("loopCount", objective.loopCount())
                .object(
                        "options",
                        options -> options.millis("ttl", objective.options().ttl())
                                .flag("discoverable", objective.options().discoverable())
                                .flag("overlap", objective.options().overlap())
                                .flag("local", objective.options().local())
                                .number("maxMessageBytes", objective.options().maxMessageBytes())
                                .constant("rapid", objective.options().rapid())
                                .flag("raisedLoopCount", objective.options().raisedLoopCount())
                                .locators("locators", objective.options().locators()))
                .flag("discoverable", objective.discoverable())
                .locators("locators", objective.locators())
                .objects(
                        "negotiationListeners",
                        objective.negotiationListeners(),
                        (listener, value) -> listener.flag("raw", value.raw())
                                .bound("demand", value.demand(), Long.MAX_VALUE)
                                .number("backlog", value.backlog())
                                .number("capacity", value.capacity()))
                .object(
                        "synchronization",
                        objective.synchronization(),
                        (served, value) -> served.flag("serving", value.serving())
                                .flag("separate", value.separate())
                                .value("value", value.value()));
    }

    static void discovery(JsonWriter json, DiscoveryEntry discovery) {
        json.text("objective", discovery.objective())
                .object("locator", locator -> locator(locator, discovery.locator()))
                .constant("learned", discovery.learned())
                .texts("links", discovery.links())
                .number("neighbors", discovery.neighbors())
                .millis("age", discovery.age());
    }

    /** A locator that was found; {@code expiresMillis} is a time on the node's clock. */
    static void locator(JsonWriter json, AsaLocator found) {
        json.locator("locator", Optional.of(found.locator()))
                .text("link", found.link())
                .number("linkIndex", found.linkIndex())
                .flag("diverted", found.diverted())
                .millis("ttl", found.ttl())
                .millis("expires", found.expires());
    }

    static void flood(JsonWriter json, FloodEntry flood) {
        json.text("objective", flood.objective())
                .flags(flood.flags())
                .number("loopCount", flood.loopCount())
                .value("value", flood.value())
                .locator("locator", flood.locator())
                .session("session", flood.session())
                .address("initiator", flood.initiator())
                .text("asa", flood.asa())
                .address("neighbor", flood.neighbor())
                .identity("identity", flood.identity())
                .text("link", flood.link())
                .number("linkIndex", flood.linkIndex())
                .millis("age", flood.age())
                .millis("renewed", flood.renewed())
                .millis("remaining", flood.remaining())
                .flag("valid", flood.valid());
    }

    /** A flood as ASAs get it, with its whole value; {@code expiresMillis} is a time on the node's clock. */
    static void flooded(JsonWriter json, FloodedObjective flooded) {
        json.objective(flooded.objective())
                .locator("locator", Optional.ofNullable(flooded.locator()))
                .address("initiator", flooded.initiator())
                .text("link", flooded.link())
                .number("linkIndex", flooded.linkIndex())
                .millis("ttl", flooded.ttl())
                .millis("expires", flooded.expires())
                .identity("neighbor", flooded.neighbor());
    }

    static void session(JsonWriter json, SessionEntry session) {
        json.session("id", session.id())
                .constant("kind", session.kind())
                .constant("role", session.role())
                .constant("state", session.state())
                .constant("turn", session.turn())
                .text("objective", session.objective())
                .address("initiator", session.initiator())
                .text("asa", session.asa())
                .object("peer", session.peer(), StateJson::peer)
                .number("loopCount", session.loopCount())
                .number("moves", session.moves())
                .objects(
                        "timers",
                        session.timers(),
                        (timer, value) ->
                                timer.constant("awaited", value.awaited()).millis("remaining", value.remaining()))
                .millis("age", session.age());
    }

    private static void peer(JsonWriter json, Peer peer) {
        json.address("address", peer.address())
                .number("port", peer.port())
                .text("link", peer.link())
                .number("linkIndex", peer.linkIndex())
                .flag("local", peer.local())
                .identity("identity", peer.identity());
    }

    static void connection(JsonWriter json, ConnectionEntry connection) {
        json.address("peer", connection.peer())
                .identity("identity", connection.identity())
                .text("link", connection.link())
                .flag("local", connection.local())
                .constant("direction", connection.direction())
                .constant("state", connection.state())
                .flag("reading", connection.reading())
                .number("unsentMessages", connection.unsentMessages())
                .number("unsentBytes", connection.unsentBytes())
                .number("pendingBytes", connection.pendingBytes())
                .millis("age", connection.age());
    }

    static void link(JsonWriter json, LinkEntry link) {
        json.text("name", link.name())
                .number("index", link.index())
                .constant("state", link.state())
                .text("detail", link.detail())
                .object("link", link.link(), StateJson::properties)
                .locator("locator", link.locator())
                .objects(
                        "addresses",
                        link.addresses(),
                        (address, value) -> address.address("address", value.address())
                                .number("prefixLength", value.prefixLength())
                                .constant("use", value.use()));
    }

    static void properties(JsonWriter json, LinkInfo link) {
        json.text("name", link.name())
                .number("index", link.index())
                .address("linkLocalAddress", link.linkLocalAddress())
                .bound("maxMulticastBytes", link.maxMulticastBytes(), Integer.MAX_VALUE)
                .flag("repliesInBand", link.repliesInBand());
    }

    static void neighbor(JsonWriter json, NeighborEntry neighbor) {
        json.text("link", neighbor.link())
                .number("linkIndex", neighbor.linkIndex())
                .address("address", neighbor.address())
                .flag("thisHost", neighbor.thisHost())
                .identity("identity", neighbor.identity())
                .number("lastPort", neighbor.lastPort())
                .number("lastType", neighbor.lastType())
                .text("lastTypeName", neighbor.lastTypeName())
                .number("messages", neighbor.messages())
                .millis("firstHeard", neighbor.firstHeard())
                .millis("lastHeard", neighbor.lastHeard());
    }

    static void limit(JsonWriter json, LimitUse limit) {
        json.text("setting", limit.setting())
                .number("used", limit.used())
                .number("most", limit.most())
                .constant("unit", limit.unit());
    }

    static void drop(JsonWriter json, DropCount drop) {
        json.constant("reason", drop.reason())
                .number("count", drop.count())
                .millis("last", drop.last())
                .flag("normal", drop.reason().isNormal())
                .text("explanation", drop.reason().explanation());
    }

    static void relay(JsonWriter json, RelayState relay) {
        json.object("discoveries", budget -> budget(budget, relay.discoveries()))
                .object("floods", budget -> budget(budget, relay.floods()))
                .number("relayedDiscoveries", relay.relayedDiscoveries())
                .number("relayedFloods", relay.relayedFloods())
                .number("awaitingResponses", relay.awaitingResponses())
                .objects(
                        "remembered",
                        relay.remembered(),
                        (table, value) -> table.constant("table", value.table()).number("members", value.members()));
    }

    private static void budget(JsonWriter json, RelayState.Budget budget) {
        json.object(
                        "rate",
                        rate -> rate.number("perSecond", budget.rate().perSecond())
                                .number("burst", budget.rate().burst()))
                .number("available", budget.available())
                .number("waiting", budget.waiting())
                .number("mostWaiting", budget.mostWaiting());
    }

    static void forgotten(JsonWriter json, ForgottenPeer forgotten) {
        json.number("locators", forgotten.locators())
                .number("floods", forgotten.floods())
                .number("neighbors", forgotten.neighbors())
                .number("connections", forgotten.connections());
    }
}
