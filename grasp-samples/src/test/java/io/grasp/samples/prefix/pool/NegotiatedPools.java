package io.grasp.samples.prefix.pool;

import static io.grasp.samples.prefix.pool.Pools.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.invariant.Holdings;
import io.grasp.samples.prefix.invariant.PrefixInvariants;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;

/** The pools of a provider and its only requester, whose processes have been killed. Closing closes both. */
public final class NegotiatedPools implements AutoCloseable {
    private final String what;
    private final PrefixPool provider;
    private final PrefixPool requester;
    private PoolStatus provided;
    private PoolStatus required;

    private NegotiatedPools(String what, PrefixPool provider, PrefixPool requester) {
        this.what = what;
        this.provider = provider;
        this.requester = requester;
        this.provided = get(provider.status());
        this.required = get(requester.status());
    }

    /** @param what what has happened, for the messages of failures */
    public static NegotiatedPools of(String what, PrefixPool provider, PrefixPool requester) {
        return new NegotiatedPools(what, provider, requester);
    }

    /** {@return all that the provider knows} */
    public PoolStatus provided() {
        return provided;
    }

    /** {@return all that the requester knows} */
    public PoolStatus required() {
        return required;
    }

    /** Checks that nothing is allocated twice, and that nothing is lost. */
    public void assertConsistent() {
        assertThat(PrefixInvariants.allocatedTwice(holdings())).as(what).isEmpty();
        assertThat(PrefixInvariants.lost(holdings())).as(what).isEmpty();
    }

    private List<Holdings> holdings() {
        return List.of(Holdings.of("provider", provided), Holdings.of("requester", required));
    }

    /**
     * Checks that the provider accounts for each prefix of its pool exactly once, and that the requester has each one that the provider has given to
     * it, and no other one. What is in doubt may be at either of them, and is in the log.
     */
    public void assertAccountedFor() {
        List<Prefix> accounts = prefixes(provided, EntryState.FREE, EntryState.DELEGATED, EntryState.IN_DOUBT);
        assertThat(sum(accounts)).as(what).isEqualTo(sum(prefixes(provided, EntryState.SEED)));
        assertThat(accounts)
                .as(what)
                .allMatch(each -> accounts.stream().filter(each::overlaps).count() == 1);
        List<Prefix> given = prefixes(provided, EntryState.DELEGATED, EntryState.IN_DOUBT);
        List<Prefix> delegated = prefixes(provided, EntryState.DELEGATED);
        assertThat(own())
                .as(what)
                .allSatisfy(prefix -> assertThat(sum(within(given, prefix))).isEqualTo(prefix.size()));
        List<Prefix> taken = Stream.concat(own().stream(), prefixes(required, EntryState.UNCONFIRMED).stream())
                .toList();
        assertThat(delegated).as(what).allMatch(prefix -> taken.stream().anyMatch(each -> each.contains(prefix)));
        assertLogged(provider, LogEvent.IN_DOUBT, prefixes(provided, EntryState.IN_DOUBT));
        assertLogged(requester, LogEvent.UNCONFIRMED, prefixes(required, EntryState.UNCONFIRMED));
    }

    private void assertLogged(PrefixPool pool, LogEvent event, List<Prefix> prefixes) {
        assertThat(get(pool.log(0, Integer.MAX_VALUE)).stream()
                        .filter(each -> each.event() == event)
                        .map(LogRecord::prefix))
                .as(what)
                .containsAll(prefixes);
    }

    /** Decides about all doubts as an operator who sees both sides, and checks the result. */
    public void decide() {
        for (Prefix doubtful : prefixes(required, EntryState.UNCONFIRMED)) {
            boolean given = isGiven(doubtful, EntryState.DELEGATED) && !isGiven(doubtful, EntryState.IN_DOUBT);
            get(given ? requester.reclaim(doubtful) : requester.cede(doubtful));
        }
        for (Prefix doubtful : prefixes(provided, EntryState.IN_DOUBT)) {
            boolean held = own().stream().anyMatch(doubtful::overlaps);
            get(held ? provider.cede(doubtful) : provider.reclaim(doubtful));
        }
        provided = get(provider.status());
        required = get(requester.status());
        assertConsistent();
        assertThat(holdings()).as(what).allMatch(each -> each.doubtful().isEmpty());
    }

    /** {@return whether the provider has given a prefix to the requester} */
    boolean isGiven(Prefix prefix, EntryState... states) {
        return prefixes(provided, states).stream().anyMatch(each -> each.contains(prefix));
    }

    /** {@return the prefixes that the requester may use} */
    List<Prefix> own() {
        return prefixes(required, EntryState.FREE, EntryState.OFFERED, EntryState.ASSIGNED);
    }

    /** {@return the number of addresses that the provider has given away} */
    public BigInteger given() {
        return sum(prefixes(provided, EntryState.DELEGATED));
    }

    /** {@return the number of addresses that the requester has} */
    public BigInteger taken() {
        return sum(own());
    }

    private static List<Prefix> within(List<Prefix> prefixes, Prefix whole) {
        return prefixes.stream().filter(whole::contains).toList();
    }

    private static BigInteger sum(List<Prefix> disjoint) {
        return disjoint.stream().map(Prefix::size).reduce(BigInteger.ZERO, BigInteger::add);
    }

    private static List<Prefix> prefixes(PoolStatus status, EntryState... states) {
        return Stream.of(states)
                .flatMap(state -> status.entries(state).stream())
                .map(PoolEntry::prefix)
                .toList();
    }

    @Override
    public void close() {
        get(provider.closeAsync());
        get(requester.closeAsync());
    }
}
