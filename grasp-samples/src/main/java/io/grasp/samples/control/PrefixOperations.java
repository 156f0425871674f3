package io.grasp.samples.control;

import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.manager.PrefixManager;
import io.grasp.samples.prefix.manager.PrefixManagerStatus;
import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.samples.prefix.pool.FamilyUse;
import io.grasp.samples.prefix.pool.Forecast;
import io.grasp.samples.prefix.pool.LogRecord;
import io.grasp.samples.prefix.pool.PoolEntry;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;
import reactor.core.publisher.Mono;

/** What the control API shows of a prefix manager, and what an operator decides about its prefixes. */
final class PrefixOperations {
    private volatile Optional<PrefixManager> manager = Optional.empty();

    void serve(Optional<PrefixManager> present) {
        manager = present;
    }

    private PrefixManager manager() {
        return manager.orElseThrow(() -> Problem.notFound("prefix manager in this process"));
    }

    /**
     * Entries of a list.
     *
     * @param entries the entries
     * @param next the position after them, empty if there are no more
     */
    record Part<T>(List<T> entries, Optional<String> next) {
        private static <T> Part<T> of(List<T> more, int size, ToLongFunction<T> number) {
            return more.size() <= size
                    ? new Part<>(more, Optional.empty())
                    : new Part<>(
                            more.subList(0, size), Optional.of(Long.toString(number.applyAsLong(more.get(size - 1)))));
        }
    }

    Mono<PrefixManagerStatus> status() {
        return manager().status();
    }

    /** {@return the prefixes of the pool, by the number of their entry} */
    Mono<Part<PoolEntry>> entries(Parameters parameters) {
        int size = parameters.size();
        long after = parameters.after();
        Optional<EntryState> state = parameters.constant("state", EntryState.values());
        return manager()
                .pool()
                .status()
                .map(status -> Part.of(
                        status.entries().stream()
                                .filter(entry -> entry.id() > after)
                                .filter(entry -> state.map(wanted -> wanted == entry.state())
                                        .orElse(true))
                                .limit(size + 1L)
                                .toList(),
                        size,
                        PoolEntry::id));
    }

    Mono<Part<LogRecord>> log(Parameters parameters) {
        int size = parameters.size();
        return manager()
                .pool()
                .log(parameters.after(), size + 1)
                .map(records -> Part.of(records, size, LogRecord::number));
    }

    Mono<Prefix> reclaim(RequestBody body) {
        return decide(body, (manager, prefix) -> manager.pool().reclaim(prefix));
    }

    Mono<Prefix> cede(RequestBody body) {
        return decide(body, (manager, prefix) -> manager.pool().cede(prefix));
    }

    Mono<Prefix> withdraw(RequestBody body) {
        return decide(body, (manager, prefix) -> manager.pool().withdraw(prefix));
    }

    Mono<Prefix> release(RequestBody body) {
        return decide(body, PrefixManager::release);
    }

    private Mono<Prefix> decide(RequestBody body, BiFunction<PrefixManager, Prefix, Mono<Void>> decision) {
        Prefix prefix;
        try {
            prefix = Prefix.parse(body.text("prefix"));
        } catch (IllegalArgumentException e) {
            throw Problem.parameter("prefix", "must be a prefix such as 2001:db8::/32");
        }
        return decision.apply(manager(), prefix).thenReturn(prefix);
    }

    static void status(JsonWriter json, PrefixManagerStatus status) {
        json.constant("role", status.role())
                .object(
                        "params",
                        params -> params.constant("source", status.source())
                                .objects(
                                        "lengths",
                                        List.copyOf(status.announced().lengths().entrySet()),
                                        (length, each) -> length.text("role", each.getKey())
                                                .number("length", each.getValue())))
                .locator("provider", status.provider())
                .number("negotiations", status.negotiations())
                .objects("families", Arrays.asList(AddressFamily.values()), (of, family) -> family(of, family, status));
    }

    private static void family(JsonWriter json, AddressFamily family, PrefixManagerStatus status) {
        FamilyUse use =
                status.pool().use().getOrDefault(family, new FamilyUse(Map.of(), Map.of(), OptionalInt.empty()));
        Integer length = status.lengths().get(family);
        json.constant("family", family);
        if (length == null) {
            json.nothing("requestLength");
        } else {
            json.number("requestLength", length);
        }
        if (use.shortestFree().isPresent()) {
            json.number("shortestFree", use.shortestFree().getAsInt());
        } else {
            json.nothing("shortestFree");
        }
        json.objects(
                        "use",
                        Arrays.asList(EntryState.values()),
                        (each, state) -> each.constant("state", state)
                                .number("prefixes", use.prefixes(state))
                                .text("addresses", use.addresses(state).toString()))
                .millis(
                        "exhaustedIn",
                        status.pool().forecasts().stream()
                                .filter(forecast -> forecast.family() == family)
                                .findFirst()
                                .flatMap(Forecast::exhaustedIn));
    }

    static void entry(JsonWriter json, PoolEntry entry) {
        json.number("number", entry.id())
                .text("prefix", entry.prefix().toString())
                .constant("state", entry.state())
                .text("party", entry.party())
                .time("since", entry.since())
                .text("note", entry.note());
    }

    static void logged(JsonWriter json, LogRecord entry) {
        json.number("number", entry.number())
                .time("at", entry.at())
                .constant("event", entry.event())
                .text("prefix", entry.prefix().toString())
                .text("party", entry.party())
                .text("note", entry.note());
    }
}
