package io.grasp.substrate.sim;

import io.grasp.substrate.Loop;
import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.substrate.sim.time.SeededRandom;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * A network in memory: nodes, each the substrate of a GRASP instance, and links between them. All run on one loop and
 * its time; the same seed and the same calls give the same events in the same order.
 *
 * <p>A connection can reach every node to which there is a path of links, whether or not the nodes in between are
 * started. It uses the path with the fewest links when it is opened, and fails when one of these links is
 * {@linkplain #disconnect disconnected}. A connection to a link-local address uses only its link. A handshake takes
 * three one-way delays, as in TCP.
 *
 * <p>Streams are reliable as {@link SimTcp} specifies: segments that a link loses, or that a silent fault blocks (a
 * partition, a crash, a sleep), are retransmitted until they arrive or the connection is abandoned. If a fault, or a
 * link that is {@linkplain SimLink#down down}, breaks the path, the connection uses another one if there is one. A
 * connection to a node that only faults make unreachable is tried, and times out; if no links lead to the node, it
 * fails at once.
 *
 * <p>All methods are called on the loop, or while it does not run.
 */
public final class SimNetwork {
    private final NetworkContext context;
    private final long seed;
    private final Map<String, SimNode> nodes = new LinkedHashMap<>();
    private final List<SimNode> byNumber = new ArrayList<>();
    private final Map<String, SimLink> links = new LinkedHashMap<>();
    private final Map<InetAddress, SimNode> owners = new HashMap<>();

    private SimNetwork(Loop loop, long seed) {
        this.context = new NetworkContext(loop, seed);
        this.seed = seed;
    }

    /**
     * A network without nodes and links.
     *
     * @param loop the loop on which everything runs
     * @param seed decides everything that a real network leaves to chance, such as which neighbor a multicast reaches
     *     first and what a link loses. Each link has a random generator of its own, which traffic on other links does
     *     not affect
     * @return the network
     */
    public static SimNetwork create(Loop loop, long seed) {
        return new SimNetwork(loop, seed);
    }

    /** {@return the loop that everything runs on; each node has {@linkplain SimNode#loop() its own view} of it} */
    public Loop loop() {
        return context.timeline().loop();
    }

    /** {@return the time since the network was created} */
    public Duration now() {
        return context.timeline().now();
    }

    /**
     * Adds an observer, which is notified of all events from now on. Several observers are notified in the order in
     * which they were added.
     *
     * @param observer the observer
     */
    public void observe(SimObserver observer) {
        context.observers().add(Objects.requireNonNull(observer, "observer"));
    }

    /**
     * Returns the node with a name; creates one, on no link, if there is none. Its number, counted from 1 in the order
     * of creation, is part of its addresses ({@code fd00::<number>}) and determines its port: 10000 + number, and again
     * from 10001 for each further 39,151 nodes, so that no port is ephemeral.
     *
     * @param name the node's name
     * @return the node
     */
    public SimNode node(String name) {
        SimNode known = nodes.get(name);
        if (known != null) {
            return known;
        }
        SimNode node = new SimNode(context, owners, name, nodes.size() + 1);
        nodes.put(name, node);
        byNumber.add(node);
        return node;
    }

    /** {@return all nodes, in the order of creation} */
    public List<SimNode> nodes() {
        return Collections.unmodifiableList(byNumber);
    }

    /**
     * Creates a link without faults, and connects nodes to it.
     *
     * @param name its name, unique in the network
     * @param kind how it carries multicasts
     * @param delay the one-way delay
     * @param members the nodes on it
     * @return the link
     * @throws IllegalArgumentException if there is a link of that name, or a node is of another network
     */
    public SimLink link(String name, LinkKind kind, Duration delay, SimNode... members) {
        return link(name, kind, LinkConditions.PERFECT.withDelay(delay), members);
    }

    /**
     * Creates a link and connects nodes to it.
     *
     * @param name its name, unique in the network
     * @param kind how it carries multicasts
     * @param conditions how it treats messages
     * @param members the nodes on it
     * @return the link
     * @throws IllegalArgumentException if there is a link of that name, or a node is of another network
     */
    public SimLink link(String name, LinkKind kind, LinkConditions conditions, SimNode... members) {
        if (links.containsKey(name)) {
            throw new IllegalArgumentException("there is already a link " + name);
        }
        for (SimNode member : members) {
            requireOwn(member);
        }
        int number = links.size() + 1;
        SimLink link = new SimLink(context, name, number, kind, conditions, new SeededRandom(seed, number));
        links.put(name, link);
        for (SimNode member : members) {
            connect(member, link);
        }
        return link;
    }

    /**
     * Defines a name for all nodes; from then on nodes also connect to names. An existing name is replaced.
     *
     * @param name the name
     * @param addresses its addresses, in the order in which they are tried
     */
    public void name(String name, InetAddress... addresses) {
        context.names().put(name, addresses);
    }

    /** {@return all links, in the order of creation} */
    public List<SimLink> links() {
        return List.copyOf(links.values());
    }

    /**
     * Connects a node to a link. Its substrate, if started, is notified that the link is up.
     *
     * @param node a node that is not on the link
     * @param link the link
     * @throws IllegalArgumentException if it is on the link, or one of the two is of another network
     */
    public void connect(SimNode node, SimLink link) {
        requireOwn(node, link);
        if (link.attachmentOf(node) != null) {
            throw new IllegalArgumentException(node + " is already on link " + link);
        }
        node.attachTo(link);
    }

    /**
     * Disconnects a node from a link, noticeably. Its substrate is notified that the link is down; messages in transit
     * over it are lost, and connections over it fail at both ends. If the node is connected again, the link has a new
     * index.
     *
     * @param node a node that is on the link
     * @param link the link
     * @throws IllegalArgumentException if it is not on the link, or one of the two is of another network
     */
    public void disconnect(SimNode node, SimLink link) {
        requireOwn(node, link);
        Attachment attachment = link.attachmentOf(node);
        if (attachment == null) {
            throw new IllegalArgumentException(node + " is not on link " + link);
        }
        node.detach(attachment);
    }

    private void requireOwn(SimNode node, SimLink link) {
        requireOwn(node);
        if (link.context() != context) {
            throw new IllegalArgumentException("link " + link + " is in another network");
        }
    }

    private void requireOwn(SimNode node) {
        if (node.context() != context) {
            throw new IllegalArgumentException(node + " is in another network");
        }
    }

    /**
     * Partitions the network silently: from now on nothing passes between nodes of different groups, and no node is
     * notified. Nodes in none of the groups form one more group. An existing partition is replaced.
     *
     * @param groups the groups
     * @throws IllegalArgumentException if a node is in two groups, or of another network
     */
    @SafeVarargs
    public final void partition(Collection<SimNode>... groups) {
        Set<SimNode> seen = new LinkedHashSet<>();
        for (Collection<SimNode> group : groups) {
            for (SimNode node : group) {
                requireOwn(node);
                if (!seen.add(node)) {
                    throw new IllegalArgumentException(node + " is in two groups");
                }
            }
        }
        byNumber.forEach(node -> node.setGroup(0));
        StringJoiner described = new StringJoiner(" | ");
        for (int i = 0; i < groups.length; i++) {
            for (SimNode node : groups[i]) {
                node.setGroup(i + 1);
            }
            described.add(groups[i].stream().map(SimNode::name).collect(Collectors.joining(" ")));
        }
        context.observers().publish(Kind.PARTITIONED, "", "", described.toString());
    }

    /** Ends the partition. No node is notified; retransmissions get through. */
    public void heal() {
        byNumber.forEach(node -> node.setGroup(0));
        context.observers().publish(Kind.HEALED, "", "", "");
    }

    /**
     * Changes the retransmission settings of streams. Running timers are not affected.
     *
     * @param newTcp the settings from now on; initially {@link SimTcp#DEFAULT}
     */
    public void setTcp(SimTcp newTcp) {
        context.setTcp(newTcp);
    }

    /**
     * Splits bytes sent on connections from now on into chunks that are received one by one, to test framers.
     *
     * @param bytes the largest chunk, above 0; initially there is no bound, and bytes are received as they were sent
     *     unless the conditions of a link on their path segment them
     * @throws IllegalArgumentException if it is not above 0
     */
    public void chunkSize(int bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("chunk size " + bytes + " is not above 0");
        }
        context.setChunkSize(bytes);
    }

    /**
     * {@return the number of ends of connections whose closing has not been reported yet; an open connection has two}
     */
    public int openConnections() {
        return context.openConnections();
    }

    /**
     * {@return the number of messages, chunks and signals of connections in transit on the links, plus one for each
     * stream that waits for a retransmission, plus those that wait for a slow node to process them}
     */
    public int pendingDeliveries() {
        return context.timeline().pending();
    }
}
