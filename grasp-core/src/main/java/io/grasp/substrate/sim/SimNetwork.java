package io.grasp.substrate.sim;

import io.grasp.substrate.Loop;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A network in memory: nodes, each the substrate of a GRASP instance, and links between them. All run on one loop, at
 * its time; the same seed and the same calls give the same events in the same order.
 *
 * <p>A connection reaches every node that there is a path of links to, whether or not the nodes between are started:
 * it takes the path with the fewest links when it is opened, and breaks with it. A connection to a link-local address
 * takes its link alone. A handshake takes three one-way delays, as in TCP.
 *
 * <p>All methods are called on the loop, or while it does not run.
 */
public final class SimNetwork {
    private final Loop loop;
    private final Random random;
    private final Map<String, SimNode> nodes = new LinkedHashMap<>();
    private final Map<String, SimLink> links = new LinkedHashMap<>();
    private int chunkSize = Integer.MAX_VALUE;
    private int pendingDeliveries;

    private SimNetwork(Loop loop, long seed) {
        this.loop = Objects.requireNonNull(loop, "loop");
        this.random = new Random(seed);
    }

    /**
     * A network without nodes and links.
     *
     * @param loop what everything runs on
     * @param seed decides what a real network leaves open, such as which neighbor a multicast reaches first
     * @return the network
     */
    public static SimNetwork create(Loop loop, long seed) {
        return new SimNetwork(loop, seed);
    }

    /** {@return the loop that everything runs on} */
    public Loop loop() {
        return loop;
    }

    /**
     * The node of a name; a new one, on no link, if there was none. Its number, counted from 1 in the order of making,
     * is in its addresses ({@code fd00::<number>}) and its port (10000 + number).
     *
     * @param name the node's name
     * @return the node
     */
    public SimNode node(String name) {
        return nodes.computeIfAbsent(name, absent -> new SimNode(this, absent, nodes.size() + 1));
    }

    /**
     * Makes a link and connects nodes to it.
     *
     * @param name its name, unique in the network
     * @param kind how it carries messages to all neighbors
     * @param delay how long everything takes, one way
     * @param members the nodes on it
     * @return the link
     */
    public SimLink link(String name, LinkKind kind, Duration delay, SimNode... members) {
        SimLink link = new SimLink(this, name, links.size() + 1, kind, delay);
        if (links.putIfAbsent(name, link) != null) {
            throw new IllegalArgumentException("there is a link " + name + " already");
        }
        for (SimNode member : members) {
            connect(member, link);
        }
        return link;
    }

    /**
     * Connects a node to a link. Its substrate, if started, is told that the link is up.
     *
     * @param node a node that is not on the link
     * @param link the link
     */
    public void connect(SimNode node, SimLink link) {
        if (node.attachmentTo(link) != null) {
            throw new IllegalArgumentException(node + " is on link " + link + " already");
        }
        node.attachTo(link);
    }

    /**
     * Takes a node off a link. Its substrate is told that the link is down; what is under way over it is lost, and
     * connections that run over it end at both their ends with a failure. Connected again, the link has a new index.
     *
     * @param node a node that is on the link
     * @param link the link
     */
    public void disconnect(SimNode node, SimLink link) {
        Attachment attachment = node.attachmentTo(link);
        if (attachment == null) {
            throw new IllegalArgumentException(node + " is not on link " + link);
        }
        node.detach(attachment);
        nodes.values().forEach(each -> each.sever(attachment));
    }

    /**
     * Cuts what is sent on connections, from now on, into chunks that are received one by one, to try framers.
     *
     * @param bytes the largest chunk, above 0; at first there is no bound, and bytes are received as they were sent
     */
    public void chunkSize(int bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("chunk size " + bytes + " is not above 0");
        }
        chunkSize = bytes;
    }

    /** {@return how many ends of connections have not been told that they are closed: two for a whole connection} */
    public int openConnections() {
        return nodes.values().stream().mapToInt(SimNode::openConnections).sum();
    }

    /** {@return how many messages, chunks and signals of connections are under way on the links} */
    public int pendingDeliveries() {
        return pendingDeliveries;
    }

    int chunkSize() {
        return chunkSize;
    }

    @Nullable
    SimNode nodeAt(InetAddress address) {
        Stream<SimNode> owners =
                nodes.values().stream().filter(node -> node.addresses().contains(address));
        return owners.findFirst().orElse(null);
    }

    List<Attachment> shuffled(List<Attachment> attachments) {
        List<Attachment> copy = new ArrayList<>(attachments);
        Collections.shuffle(copy, random);
        return copy;
    }

    void deliverAt(long nanoTime, Runnable arrival) {
        pendingDeliveries++;
        loop.wakeAt(nanoTime, () -> {
            pendingDeliveries--;
            arrival.run();
        });
    }
}
