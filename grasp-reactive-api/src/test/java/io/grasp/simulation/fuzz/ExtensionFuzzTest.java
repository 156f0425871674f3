package io.grasp.simulation.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.grasp.config.EngineConfig;
import io.grasp.engine.EngineAsa;
import io.grasp.engine.extension.ExtensionHandler;
import io.grasp.engine.extension.ReceivedExtension;
import io.grasp.engine.extension.ReceivedOption;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.MessageInfo;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.wire.Discovery;
import io.grasp.wire.ExtensionCodec;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.UnknownMessage;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An engine with handlers for messages and options of later documents, and any script: each such message is handled
 * once, as it was received, or dropped; each option on a connection is handled once.
 */
class ExtensionFuzzTest {
    private static final int TYPE = ScriptedMessages.EXTENSION;
    private static final SessionId HONEST = new SessionId(0xFFFF_FF01L);

    @MethodSource("seeds")
    @FuzzTest // must follow the argument source, otherwise Jazzer refuses to fuzz
    void handlesEachExtensionOnce(byte[] script) {
        new EngineScript(script, new Extended()).run();
    }

    static Stream<byte[]> seeds() {
        return ScriptSeeds.all(ScriptedMessages.EXTENDED, 7);
    }

    private static final class Extended implements EngineScript.Target {
        private @Nullable Handled handled;
        private boolean heardHonest;

        @Override
        public int[] types() {
            return ScriptedMessages.EXTENDED;
        }

        @Override
        public EngineConfig config(EngineConfig config) {
            return config;
        }

        @Override
        public GraspObserver observer(Consumer<String> violated) {
            handled = new Handled(violated);
            return handled;
        }

        @Override
        public void serve(EngineAsa alive) {
            alive.onMessages(TYPE, new ExtensionHandler<>() {
                @Override
                public boolean received(ReceivedExtension received) {
                    heardHonest |= received.message().session().equals(HONEST);
                    handled.message(received);
                    return true;
                }

                @Override
                public void stopped() {}
            });
            alive.onOptions(TYPE, new ExtensionHandler<>() {
                @Override
                public boolean received(ReceivedOption received) {
                    handled.option(received);
                    return true;
                }

                @Override
                public void stopped() {}
            });
        }

        @Override
        public void requireServed(EngineScript run) {
            handled.finish();
            ExtensionMessage question = new ExtensionMessage(TYPE, HONEST, null, List.of(ObjectiveValue.of(1)));
            run.honestly(ExtensionCodec.write(question).raw().bytes());
            run.require(heardHonest, "the message of the honest neighbor was not handled");
        }
    }

    /** Compares what is handled with the message that was received last. */
    private static final class Handled implements GraspObserver {
        private final Consumer<String> violated;
        private @Nullable GraspMessage current;
        private byte @Nullable [] bytes;
        private MessagePath.@Nullable Kind kind;
        private int messages;
        private int options;
        private int dropped;

        Handled(Consumer<String> violated) {
            this.violated = violated;
        }

        @Override
        public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
            finish();
            current = (GraspMessage) message;
            bytes = encoded;
            kind = path.kind();
            messages = 0;
            options = 0;
            dropped = 0;
        }

        @Override
        public void messageDropped(DropReason reason, MessagePath path) {
            dropped++;
        }

        void message(ReceivedExtension received) {
            messages++;
            boolean same = current instanceof UnknownMessage unknown && unknown.raw() == received.raw();
            if (!same || !Arrays.equals(bytes, received.raw().bytes())) {
                violated.accept("handled " + received.raw() + " instead of " + current);
            }
            UnknownMessage written = ExtensionCodec.write(received.message());
            if (!received.message().equals(ExtensionCodec.read(written))) {
                violated.accept(received.message() + " is not the same after it was written");
            }
            if (messages == 1) {
                received.reply(received.message(), Completion.IGNORED);
            }
        }

        void option(ReceivedOption received) {
            options++;
            if (current == null
                    || !Arrays.equals(bytes, received.message().bytes())
                    || received.messageType() != current.type()
                    || received.type() != TYPE) {
                violated.accept("handled " + received + " instead of an option of " + current);
            }
        }

        /** The engine has processed the message. */
        void finish() {
            if (current == null) {
                return;
            }
            // A message with a Session ID of the engine may be an answer, which is for the ASA that has asked.
            boolean extension = current instanceof UnknownMessage unknown
                    && unknown.type() == TYPE
                    && ExtensionCodec.read(unknown) != null
                    && unknown.session().value() <= ScriptedMessages.OWN_SESSIONS;
            if (extension && messages + dropped == 0 || messages > 1) {
                violated.accept(current + " was handled " + messages + " times and dropped " + dropped + " times");
            }
            long all = ExtensionCodec.unknownElements(current).stream()
                    .filter(element -> ExtensionCodec.optionType(element) == TYPE)
                    .count();
            boolean mayBeNone = kind != MessagePath.Kind.CONNECTION || current instanceof Discovery;
            if (options != all && !(mayBeNone && options == 0)) {
                violated.accept(options + " of " + all + " options were handled in " + current);
            }
            current = null;
        }
    }
}
