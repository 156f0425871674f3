package io.grasp.substrate.netty;

import io.grasp.substrate.netty.quads.QuadsCipher;
import io.grasp.substrate.netty.quads.QuadsException;
import io.grasp.substrate.netty.quads.QuadsKey;
import io.grasp.substrate.netty.quads.QuadsReader;
import org.jspecify.annotations.Nullable;

/** Changes messages on their way from and to the network. Each substrate has its own; called on the loop. */
sealed interface MessageCipher {
    /** Messages in the clear. */
    MessageCipher PLAIN = new Plain();

    /** {@return the cipher for a key} */
    static MessageCipher of(@Nullable QuadsKey key) {
        return key == null ? PLAIN : new Quads(new QuadsCipher(key));
    }

    /** {@return what is sent for a message} */
    byte[] encrypt(byte[] message);

    /** {@return the message that came in one datagram} */
    byte[] decrypt(byte[] datagram) throws QuadsException;

    /** {@return what decrypts the input of a new connection} */
    Input newInput();

    /** {@return how long what is sent for a message is, in bytes} */
    int encryptedBytes(int messageBytes);

    /** {@return the longest message that what is sent has room for, in bytes} */
    int messageBytes(int encryptedBytes);

    /** The input of one connection. */
    sealed interface Input {
        /** {@return what received bytes add to the messages; may be empty} */
        byte[] decrypt(byte[] received);

        /** The peer has ended its direction. */
        default void end() {}

        /** {@return why nothing more can be decrypted; {@code null} if it can} */
        default @Nullable QuadsException failure() {
            return null;
        }
    }

    /** No encryption. */
    record Plain() implements MessageCipher, Input {
        @Override
        public byte[] encrypt(byte[] message) {
            return message;
        }

        @Override
        public byte[] decrypt(byte[] received) {
            return received;
        }

        @Override
        public Input newInput() {
            return this;
        }

        @Override
        public int encryptedBytes(int messageBytes) {
            return messageBytes;
        }

        @Override
        public int messageBytes(int encryptedBytes) {
            return encryptedBytes;
        }
    }

    /** QUADS. */
    record Quads(QuadsCipher cipher) implements MessageCipher {
        @Override
        public byte[] encrypt(byte[] message) {
            return cipher.encrypt(message);
        }

        @Override
        public byte[] decrypt(byte[] datagram) throws QuadsException {
            return cipher.decrypt(datagram);
        }

        @Override
        public Input newInput() {
            return new QuadsInput(cipher.newReader());
        }

        @Override
        public int encryptedBytes(int messageBytes) {
            return QuadsCipher.encryptedBytes(messageBytes);
        }

        @Override
        public int messageBytes(int encryptedBytes) {
            return QuadsCipher.plainBytes(encryptedBytes);
        }
    }

    /** The input of one connection with QUADS. */
    record QuadsInput(QuadsReader reader) implements Input {
        @Override
        public byte[] decrypt(byte[] received) {
            return reader.read(received);
        }

        @Override
        public void end() {
            reader.end();
        }

        @Override
        public @Nullable QuadsException failure() {
            return reader.failure();
        }
    }
}
