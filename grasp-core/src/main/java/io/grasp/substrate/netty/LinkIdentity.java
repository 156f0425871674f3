package io.grasp.substrate.netty;

import java.net.InetAddress;

/**
 * What makes a link the same one: an interface that was made anew under the same name is another, and so is one with
 * another address, by which the neighbors know this node.
 */
record LinkIdentity(String name, int index, InetAddress linkLocalAddress) {}
