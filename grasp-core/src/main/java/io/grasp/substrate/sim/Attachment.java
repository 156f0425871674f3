package io.grasp.substrate.sim;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import java.net.InetAddress;

/** Where a node is attached to a link: the link as the node sees it. */
final class Attachment implements Link {
    private final SimNode node;
    private final SimLink link;
    private final int index;
    private final InetAddress linkLocalAddress;
    private boolean attached = true;
    private boolean up;

    Attachment(SimNode node, SimLink link, int index) {
        this.node = node;
        this.link = link;
        this.index = index;
        this.linkLocalAddress = SimAddresses.linkLocal(link.number(), node.number(), index);
    }

    SimNode node() {
        return node;
    }

    SimLink link() {
        return link;
    }

    /** {@return whether the node is, physically, still on the link} */
    boolean isAttached() {
        return attached;
    }

    /** {@return whether the node's substrate has been told that the link is up, and may use it} */
    boolean isUp() {
        return up;
    }

    /** Tells the node's substrate that the link is up, unless that is no longer so. */
    void raise() {
        if (attached && !up && node.isRunning()) {
            up = true;
            node.listener().linkUp(this);
        }
    }

    void detach() {
        attached = false;
        if (lower()) {
            node.tell(listener -> listener.linkDown(this));
        }
    }

    /** Stops use of the link; {@return whether it was in use} */
    boolean lower() {
        boolean was = up;
        up = false;
        return was;
    }

    void receive(byte[] message, Attachment sender) {
        if (up) {
            ReplyPath replyPath =
                    link.kind().repliesInBand() ? new ReplyInBand(this, sender) : new ReplyByConnection(this, sender);
            node.listener().linkMessage(this, message, replyPath);
        }
    }

    @Override
    public String name() {
        return link.name();
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public InetAddress linkLocalAddress() {
        return linkLocalAddress;
    }

    @Override
    public int maxMulticastBytes() {
        return link.kind().maxMulticastBytes();
    }

    @Override
    public boolean repliesInBand() {
        return link.kind().repliesInBand();
    }

    @Override
    public void multicast(byte[] message, Completion sent) {
        Loops.requireInLoop(node.loop());
        link.multicast(this, message, sent);
    }

    @Override
    public String toString() {
        return node.name() + " on " + link.name();
    }
}
