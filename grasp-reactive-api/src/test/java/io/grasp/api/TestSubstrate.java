package io.grasp.api;

import io.grasp.substrate.sim.LinkKind;

/** The substrates on which the contracts of the API are tested. */
enum TestSubstrate {
    /** A simulated link that carries datagrams. */
    DATAGRAMS {
        @Override
        World open() {
            return new SimWorld(LinkKind.DATAGRAM);
        }
    },
    /** A simulated link made of streams. */
    STREAMS {
        @Override
        World open() {
            return new SimWorld(LinkKind.STREAM);
        }
    },
    /** A simulated link made of streams, whose nodes authenticate each other. */
    MEMBERS {
        @Override
        World open() {
            return new SimWorld(LinkKind.SECURED_STREAM);
        }
    },
    /**
     * A simulated link where everything on connections arrives byte by byte. Only the framing of messages differs from
     * {@link #DATAGRAMS}, so only {@link MessageSizeContractTest} runs on it.
     */
    BYTE_BY_BYTE {
        @Override
        World open() {
            SimWorld world = new SimWorld(LinkKind.DATAGRAM);
            world.network.chunkSize(1);
            return world;
        }
    },
    /** A real link, by the Netty substrate. */
    NETTY {
        @Override
        void require() {
            NettyWorld.require();
        }

        @Override
        World open() {
            return new NettyWorld();
        }
    };

    /** Skips the tests on this substrate if it is not available, or fails them if it should be. */
    void require() {}

    abstract World open();
}
