# Prints every setting of a Vagrantfile, one a line, whichever plugins are installed: `ruby settings.rb Vagrantfile`.
# (`vagrant validate` never runs the block of a provider that is not there.)
class Recorder
  def initialize(path)
    @path = path
  end

  def method_missing(name, *arguments)
    puts [@path, name.to_s.chomp("="), *arguments.map(&:inspect)].join(" ") unless arguments.empty?
    nested = Recorder.new([@path, arguments.first || name].join(" "))
    yield nested, nested if block_given?
    nested
  end

  def respond_to_missing?(*)
    true
  end
end

module Vagrant
  def self.configure(_version)
    yield Recorder.new("config")
  end
end

load ARGV.fetch(0)
