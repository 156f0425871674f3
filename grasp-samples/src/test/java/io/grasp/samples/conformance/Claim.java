package io.grasp.samples.conformance;

import java.util.Comparator;

/**
 * A test's claim that it proves a statement.
 *
 * @param id the statement
 * @param className the test class
 * @param method the test method, or empty for the class as a whole
 */
record Claim(String id, String className, String method) implements Comparable<Claim> {
    private static final Comparator<Claim> ORDER =
            Comparator.comparing(Claim::className).thenComparing(Claim::method).thenComparing(Claim::id);

    /** {@return the name of the test for readers} */
    String test() {
        String simple = className.substring(className.lastIndexOf('.') + 1).replace('$', '.');
        return method.isEmpty() ? simple : simple + "#" + method;
    }

    @Override
    public int compareTo(Claim other) {
        return ORDER.compare(this, other);
    }
}
