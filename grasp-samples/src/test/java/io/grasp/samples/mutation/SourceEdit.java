package io.grasp.samples.mutation;

/**
 * A change of the source: a run of tokens, there once, and what takes its place.
 *
 * @param snippet what is replaced, in any format
 * @param replacement what takes its place, or nothing; classes of the project need neither a package nor an import
 */
public record SourceEdit(String snippet, String replacement) {}
