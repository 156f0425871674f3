package io.grasp.api;

import io.grasp.substrate.sim.LinkKind;

/** What the contracts of the API are tested on. */
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
    /** A simulated link where everything on connections comes byte by byte. */
    BYTE_BY_BYTE {
        @Override
        World open() {
            SimWorld world = new SimWorld(LinkKind.DATAGRAM);
            world.network.chunkSize(1);
            return world;
        }
    },
    /** A real link. */
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

    /** Skips the tests on this substrate where it is not available, or fails them if it should be. */
    void require() {}

    abstract World open();
}
