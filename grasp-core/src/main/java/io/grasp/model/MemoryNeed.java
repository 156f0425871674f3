package io.grasp.model;

import io.grasp.util.AddressText;
import io.grasp.util.PrintableText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The most memory that settings let a node use, whatever its peers send. It does not include what ASAs themselves keep,
 * nor the classes and libraries of the process.
 *
 * @param parts the resources, each with its bound
 */
public record MemoryNeed(List<Part> parts) {
    /** No memory. */
    public static final MemoryNeed NONE = new MemoryNeed(List.of());

    private static final int MIB = 1 << 20;

    /** Makes a copy of the list. */
    public MemoryNeed {
        parts = List.copyOf(parts);
    }

    /**
     * The memory of one resource.
     *
     * @param name what it is
     * @param heapBytes the most that it takes of the heap
     * @param directBytes the most that it takes of the JVM's direct memory
     */
    public record Part(String name, long heapBytes, long directBytes) {
        /**
         * {@return a resource that takes no direct memory}
         *
         * @param name the name of the resource
         * @param bytes the number of bytes
         */
        public static Part heap(String name, long bytes) {
            return new Part(name, bytes, 0);
        }

        private Part and(Part other) {
            return new Part(name, heapBytes + other.heapBytes, directBytes + other.directBytes);
        }

        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /** {@return the sum of the heap that all parts take, in bytes} */
    public long heapBytes() {
        return parts.stream().mapToLong(Part::heapBytes).sum();
    }

    /** {@return the sum of the direct memory that all parts take, in bytes} */
    public long directBytes() {
        return parts.stream().mapToLong(Part::directBytes).sum();
    }

    /**
     * {@return the memory of both together; parts of the same name are added up}
     *
     * @param other the other memory
     */
    public MemoryNeed and(MemoryNeed other) {
        Map<String, Part> sums = new LinkedHashMap<>();
        parts.forEach(part -> sums.put(part.name, part));
        other.parts.forEach(part -> sums.merge(part.name, part, Part::and));
        return new MemoryNeed(List.copyOf(sums.values()));
    }

    /** {@return the sums and the parts as text, in MiB} */
    @Override
    public String toString() {
        return parts.stream()
                .map(part -> PrintableText.of(part.name) + " " + mib(part.heapBytes + part.directBytes))
                .collect(Collectors.joining(
                        ", ", mib(heapBytes()) + " of heap and " + mib(directBytes()) + " of direct memory: ", ""));
    }

    /**
     * {@return a number of bytes as text, in MiB}
     *
     * @param bytes the number of bytes
     */
    public static String mib(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", (double) bytes / MIB);
    }
}
