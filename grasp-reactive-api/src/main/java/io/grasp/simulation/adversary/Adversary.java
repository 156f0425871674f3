package io.grasp.simulation.adversary;

import io.grasp.substrate.sim.SimNetwork;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Describes a malicious node of a simulated network: its attacks and their rates, their objectives and their targets.
 * Immutable: each {@code with...} returns a changed copy. {@link io.grasp.simulation.Simulation#attack} puts it on a
 * node, next to the ASAs under test:
 *
 * {@snippet class="io.grasp.snippets.ApiSnippets" region="attack"}
 *
 * <p>An adversary knows what a host on its links can know: the multicasts there, the objectives that it was given, and
 * the addresses of its targets. The same seed, network and calls give the same attacks. Its time is that of its node.
 */
public final class Adversary {
    /** The highest rate of an attack, per second. */
    public static final int HIGHEST_RATE = 100_000;

    /** The most addresses that an adversary can have. */
    public static final int MOST_ADDRESSES = 1000;

    private static final int DEFAULT_CONNECTIONS = 250;

    private final Map<Attack, Integer> rates;
    private final long seed;
    private final List<String> objectives;
    private final List<String> targets;
    private final double forged;
    private final int connections;
    private final int addresses;
    private final int addressesOnLink;

    private Adversary(
            Map<Attack, Integer> rates,
            long seed,
            List<String> objectives,
            List<String> targets,
            double forged,
            int connections,
            int addresses,
            int addressesOnLink) {
        this.rates = rates;
        this.seed = seed;
        this.objectives = objectives;
        this.targets = targets;
        this.forged = forged;
        this.connections = connections;
        this.addresses = addresses;
        this.addressesOnLink = addressesOnLink;
    }

    /**
     * An adversary with one attack, without forged sources, with one address and at most 250 connections at a time.
     *
     * @param attack the attack
     * @param perSecond its rate: messages and connections per second of its node's time, 1 to {@value #HIGHEST_RATE}
     * @return the adversary
     * @throws IllegalArgumentException if the rate is out of its range
     */
    public static Adversary of(Attack attack, int perSecond) {
        return new Adversary(Map.of(), 1, List.of(), List.of(), 0, DEFAULT_CONNECTIONS, 1, 1).and(attack, perSecond);
    }

    /**
     * An adversary with a few attacks that its seed chooses, at moderate rates.
     *
     * @param seed the seed, also that of its decisions
     * @return the adversary
     */
    public static Adversary random(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Attack> attacks = new ArrayList<>(List.of(Attack.values()));
        Map<Attack, Integer> rates = new EnumMap<>(Attack.class);
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            rates.put(
                    attacks.remove(random.nextInt(attacks.size())),
                    5 << random.nextInt(random.nextInt(4) == 0 ? 7 : 5));
        }
        double forged = random.nextBoolean() ? random.nextDouble() : 0;
        int connections = 1 + random.nextInt(DEFAULT_CONNECTIONS);
        return new Adversary(
                Collections.unmodifiableMap(rates),
                seed,
                List.of(),
                List.of(),
                forged,
                connections,
                1 + random.nextInt(5),
                1 << random.nextInt(6));
    }

    /**
     * This adversary with one more attack, or with another rate of an attack.
     *
     * @param attack the attack
     * @param perSecond as for {@link #of}
     * @return the changed adversary
     * @throws IllegalArgumentException if the rate is out of its range
     */
    public Adversary and(Attack attack, int perSecond) {
        requireBetween("rate", perSecond, 1, HIGHEST_RATE);
        Map<Attack, Integer> more = new EnumMap<>(Attack.class);
        more.putAll(rates);
        more.put(Objects.requireNonNull(attack, "attack"), perSecond);
        return new Adversary(
                Collections.unmodifiableMap(more),
                seed,
                objectives,
                targets,
                forged,
                connections,
                addresses,
                addressesOnLink);
    }

    /**
     * This adversary with another seed.
     *
     * @param value determines all its decisions; 1 unless set
     * @return the changed adversary
     */
    public Adversary withSeed(long value) {
        return new Adversary(rates, value, objectives, targets, forged, connections, addresses, addressesOnLink);
    }

    /**
     * This adversary with knowledge of the objectives of its targets. It also learns those that it hears on its links.
     *
     * @param names their names
     * @return the changed adversary
     */
    public Adversary withObjectives(String... names) {
        return new Adversary(rates, seed, List.of(names), targets, forged, connections, addresses, addressesOnLink);
    }

    /**
     * This adversary with chosen targets of its connections and datagrams. Multicasts reach all nodes of a link.
     *
     * @param nodes the names of nodes of the network; unless set, all other nodes on its links
     * @return the changed adversary
     */
    public Adversary withTargets(String... nodes) {
        return new Adversary(rates, seed, objectives, List.of(nodes), forged, connections, addresses, addressesOnLink);
    }

    /**
     * This adversary with forged sources: of other nodes, of no node, on the link or elsewhere, and such that no host
     * can have. Only datagrams have them; on links that consist of streams its multicasts show their true source.
     *
     * @param share the part of its datagrams with a forged source, 0 to 1
     * @return the changed adversary
     * @throws IllegalArgumentException if the share is out of its range
     */
    public Adversary withForgedSources(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share " + share + " is not between 0 and 1");
        }
        return new Adversary(rates, seed, objectives, targets, share, connections, addresses, addressesOnLink);
    }

    /**
     * This adversary with another bound of its connections. For a further one it aborts the oldest.
     *
     * @param most how many it has at a time, 1 to 65,535
     * @return the changed adversary
     * @throws IllegalArgumentException if the number is out of its range
     */
    public Adversary withConnections(int most) {
        requireBetween("number of connections", most, 1, 0xFFFF);
        return new Adversary(rates, seed, objectives, targets, forged, most, addresses, addressesOnLink);
    }

    /**
     * This adversary with more addresses in networks behind it, each in a /64 of its own, from which it connects. They
     * are its own, not forged. Its neighbors cannot know that they lead to one host.
     *
     * @param number how many it has, 1 to {@value #MOST_ADDRESSES}
     * @return the changed adversary
     * @throws IllegalArgumentException if the number is out of its range
     */
    public Adversary withAddresses(int number) {
        requireBetween("number of addresses", number, 1, MOST_ADDRESSES);
        return new Adversary(rates, seed, objectives, targets, forged, connections, number, addressesOnLink);
    }

    /**
     * This adversary with more addresses on its links, all in one /64, from which it connects and sends datagrams. They
     * are its own, not forged: a node that answers one of them reaches the adversary, and takes each for another
     * neighbor.
     *
     * @param number how many it has on each link, 1 to {@value #MOST_ADDRESSES}
     * @return the changed adversary
     * @throws IllegalArgumentException if the number is out of its range
     */
    public Adversary withAddressesOnLink(int number) {
        requireBetween("number of addresses", number, 1, MOST_ADDRESSES);
        return new Adversary(rates, seed, objectives, targets, forged, connections, addresses, number);
    }

    private static void requireBetween(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " " + value + " is not between " + least + " and " + most);
        }
    }

    /**
     * Puts it on a node on which nothing runs, and starts its attacks when the network's loop next runs. They end when
     * {@link AttackRun#stop} is called or the node crashes. In a {@link io.grasp.simulation.Simulation} use its method
     * {@code attack}, which also stops them at the end.
     *
     * @param network the network
     * @param node the node's name; a missing node is created, on no link
     * @return the running attacks
     * @throws IllegalStateException if something runs on the node
     */
    public AttackRun start(SimNetwork network, String node) {
        return AttackRun.start(this, network, network.node(node));
    }

    /** {@return the attacks and their rates per second} */
    public Map<Attack, Integer> rates() {
        return rates;
    }

    /** {@return the seed} */
    public long seed() {
        return seed;
    }

    List<String> objectives() {
        return objectives;
    }

    List<String> targets() {
        return targets;
    }

    double forged() {
        return forged;
    }

    int connections() {
        return connections;
    }

    int addresses() {
        return addresses;
    }

    int addressesOnLink() {
        return addressesOnLink;
    }

    /** {@return its attacks and their rates} */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        rates.forEach((attack, rate) -> parts.add(attack + " " + rate + "/s"));
        return String.join(", ", parts);
    }
}
